"""Somebody who buys with a real browser while everything around is killed, and presses again what did not work."""

import contextlib
import re
import threading
import time

from playwright.sync_api import Error, Page, sync_playwright

from tests.chaos.buyers import Bought, Crowd
from tests.chromium import ARGUMENTS, CHROME, PHONE

_SHOP = "berkah-cell"
_ORDER = re.compile(r"/o/([0-9A-Z]+)/\?t=")


class BrowserBuyer(threading.Thread):
    """Buys one order after the other until told to stop; an order whose page was seen was acknowledged."""

    def __init__(self, crowd: Crowd) -> None:
        super().__init__(name="browser")
        self._crowd = crowd
        self._over = threading.Event()
        self.bought = 0

    def finish(self) -> None:
        """Begin no further purchase, and wait for the last one."""
        self._over.set()
        self.join()

    def run(self) -> None:
        """One browser, one person."""
        with sync_playwright() as playing:
            chromium = playing.chromium.launch(executable_path=str(CHROME), args=ARGUMENTS)
            page = chromium.new_context(
                base_url=f"http://localhost:{self._crowd.port}", locale="id-ID", viewport=PHONE
            ).new_page()
            page.set_default_timeout(5_000)
            while not self._over.is_set():
                try:
                    self._buy(page, self._crowd.number())
                except Error:  # a closed door; the next round begins at the shop again
                    self._crowd.met(trouble="browser")
                    time.sleep(0.5)
            chromium.close()

    def _buy(self, page: Page, number: str) -> None:
        page.goto(f"/k/{_SHOP}/")
        page.get_by_label("Nomor HP").fill(number)
        page.locator(".tile", has_text="10.000").click()
        page.get_by_role("button", name="Bayar", exact=True).click()
        page.wait_for_url(_ORDER)
        code = _ORDER.search(page.url)
        assert code is not None
        self.bought += 1
        told = Bought(shop=_SHOP, code=code[1], link=page.url, number=number, is_paid=False)
        self._crowd.bought.append(told)
        with contextlib.suppress(Error):
            page.get_by_role("button", name="Bayar sekarang", exact=True).click()
            page.wait_for_load_state()
