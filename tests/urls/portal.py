"""Addresses of the portal itself: health, metrics, the demo's mailbox (which only the demo has)."""

from tests.urls.rows import Row

ROWS = [
    Row(name="live", get="200", post="405"),
    Row(name="ready", get="200", post="405"),
    Row(name="metrics", get="401", post="405"),
    Row(name="worker", get="200", post="405"),
    Row(name="offline", get="200", post="405"),
    Row(name="robots", get="200", post="405"),
    Row(name="mailbox", get="404", post="405"),
    Row(name="mail", at=lambda s: ["20261124-000000-1.1"], get="404", post="405"),
]
