"""A shop that somebody visits with a real browser: real pages, a real dispatcher, a real supplier over HTTP.

Everything runs in this process on ports of its own. Playwright's loop breaks database tests that come
after it, so these tests are a run of their own.
"""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests import factories
from tests.browser.visitor import Visitor, watch
from tests.chromium import ARGUMENTS, CHROME, PHONE
from tests.transactions.faults import driving
from transactions.dispatch import Dispatcher
from transactions.suppliers.simulator import Simulator


@pytest.fixture(scope="session", autouse=True)
def _database_beside_a_loop() -> Iterator[None]:
    """Playwright keeps a loop running in this thread, in which Django would otherwise refuse the database."""
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    yield
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def playwright_here() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def chromium(playwright_here: Playwright) -> Iterator[Browser]:
    """Debian's Chromium; Playwright's own download is never used."""
    browser = playwright_here.chromium.launch(executable_path=str(CHROME), args=ARGUMENTS)
    yield browser
    browser.close()


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[Simulator]:
    """The supplier, and the other end of the sandbox gateway."""
    with Simulator(folder=tmp_path / "simulator", accounts=driving.accounts()) as running:
        yield running


@pytest.fixture
def shop(live_server: LiveServer, simulator: Simulator, settings: Settings) -> factories.Shop:
    """A dealer on the live server who sells one Telkomsel product, supplied by the simulator."""
    settings.KONTER_BASE_URL = live_server.url
    settings.SIMULATOR_PORT = simulator.port
    settings.SANDBOX_SECRET = "secret-of-the-test"
    settings.OUTBOUND_ALLOW_NETWORKS = ["127.0.0.0/8"]
    settings.CHECK_INTERVAL_SECONDS = 1
    settings.GUEST_QUOTES_PER_MINUTE = settings.GUEST_ORDERS_PER_MINUTE = 6_000
    return factories.shop(url=simulator.url, slug="berkah-cell")


@pytest.fixture(autouse=True)
def dispatcher(shop: factories.Shop) -> Iterator[None]:
    """A dispatcher at work while the test runs."""
    working = Dispatcher(threads=4)
    thread = threading.Thread(target=working.run, name="dispatcher")
    thread.start()
    yield
    working.stop()
    thread.join(20)
    assert not thread.is_alive()


@pytest.fixture
def visitor(chromium: Browser, live_server: LiveServer, shop: factories.Shop) -> Iterator[Visitor]:
    """Somebody with a phone; what the browser complains about fails the test."""
    yield from _visit(chromium, live_server.url)


@pytest.fixture
def scriptless(chromium: Browser, live_server: LiveServer, shop: factories.Shop) -> Iterator[Visitor]:
    """Somebody whose browser runs no script."""
    yield from _visit(chromium, live_server.url, has_scripts=False)


@pytest.fixture
def traveller(chromium: Browser, live_server: LiveServer, shop: factories.Shop) -> Iterator[Visitor]:
    """Somebody who loses the internet, of which the browser complains too."""
    yield from _visit(chromium, live_server.url, besides="Failed to load resource: net::ERR_")


def _visit(chromium: Browser, url: str, *, has_scripts: bool = True, besides: str = "") -> Iterator[Visitor]:
    context = chromium.new_context(
        base_url=url,
        locale="id-ID",
        timezone_id="Asia/Jakarta",
        reduced_motion="reduce",
        java_script_enabled=has_scripts,
        viewport=PHONE,
    )
    page: Page = context.new_page()
    complaints = watch(page, besides=besides) if besides else watch(page)
    yield Visitor(page)
    context.close()
    assert complaints == []
