"""What machines ask the portal itself."""

from tests.addresses.expect import Row, everyone

ROWS = {
    "live": Row(get=everyone(200), post=everyone(405)),
    "ready": Row(get=everyone(200), post=everyone(405)),
    "metrics": Row(get=everyone(401), post=everyone(405)),
    "robots": Row(get=everyone(200), post=everyone(405)),
    "mailbox": Row(get=everyone(404), post=everyone(405)),
    "mail": Row(get=everyone(404), post=everyone(405), at=lambda w: {"name": "20261124-094100-1.1"}),
}
