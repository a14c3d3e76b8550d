"""The landing page on 2G: 6,250 bytes a second and 800 ms to the first byte, nothing kept from an earlier visit.

Measured against granian, which compresses as in production. The best of three visits counts, because what else the
machine does can only make a visit slower: the line is emulated, so the bytes and round trips are the same each time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests import factories
from tests.browser.visitor import SHOP
from tests.chromium import PHONE
from tests.granian import serving

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BYTES_A_SECOND, LATENCY_MS = 6_250, 800
_PAINT = "performance.getEntriesByName('first-contentful-paint').map(e => e.startTime)[0]"


@dataclass
class Visit:
    """What a cold visit took."""

    size: int
    requests: int
    paint_ms: float


@pytest.fixture
def address(shop: factories.Shop, tmp_path: Path) -> Iterator[str]:
    """The shop on a server as in production."""
    with serving(tmp_path / "static") as server:
        yield f"{server}{SHOP}"


def _visit(chromium: Browser, address: str) -> Visit:
    context = chromium.new_context(viewport=PHONE, locale="id-ID")
    page = context.new_page()
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.setCacheDisabled", {"cacheDisabled": True})
    sizes: list[int] = []
    line.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    line.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": LATENCY_MS,
            "downloadThroughput": BYTES_A_SECOND,
            "uploadThroughput": BYTES_A_SECOND,
        },
    )
    page.goto(address, wait_until="networkidle", timeout=60_000)
    paint = float(page.evaluate(_PAINT))
    context.close()
    return Visit(sum(sizes), len(sizes), paint)


def test_the_landing_page_opens_on_a_slow_line(chromium: Browser, address: str) -> None:
    visits = [_visit(chromium, address) for _ in range(3)]
    assert all(visit.requests >= 2 for visit in visits), visits
    assert max(visit.size for visit in visits) <= 30_720, visits
    assert min(visit.paint_ms for visit in visits) <= 3_000, visits
