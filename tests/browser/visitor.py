"""Somebody at a shop with a browser: what people do there, in their words, and how a page is judged."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Locator, Page, expect

SHOP = "/k/berkah-cell/"
WIDTHS = (360, 1280)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_ASKED_BACK = "Failed to load resource: the server responded with a status of 4"
"""Chromium's remark about a page that answers 409 or 422: our question, not a fault."""
_SMALL = """
() => [...document.querySelectorAll("a, button, input:not([type=hidden]), select, summary")]
  .filter((e) => !e.closest("p, .skip") && e.checkVisibility({ opacityProperty: false }))
  .map((e) => [e, (e.closest("label") ?? e).getBoundingClientRect()])
  .filter(([, box]) => box.height > 0 && (box.height < 24 || box.width < 24))
  .map(([e]) => e.outerHTML)
"""
_TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
_axe = Axe()


def watch(page: Page, *, besides: str = _ASKED_BACK) -> list[str]:
    """Errors of the console (a refusal by the CSP is one) and uncaught exceptions, as they come.

    `besides` is how those begin that belong to what is tried.
    """
    complaints: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith((_ASKED_BACK, besides)):
            complaints.append(message.text)

    page.on("console", heard)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


@dataclass
class Visitor:
    """One person, one page."""

    page: Page

    @property
    def status(self) -> Locator:
        """The status word of an order."""
        return self.page.locator(".status h1")

    def comes(self) -> None:
        """Open the shop."""
        self.page.goto(SHOP)

    def types(self, number: str) -> None:
        """Type the number; the vouchers come by themselves."""
        self.page.get_by_label("Nomor HP").press_sequentially(number)
        expect(self.page.get_by_role("radio", name="10.000")).to_be_visible()

    def chooses(self, face: str = "10.000") -> None:
        """Press a voucher, as a finger does: the label, not the hidden radio."""
        self.page.locator(".tile", has_text=face).click()

    def presses(self, name: str) -> None:
        """Press a button or a link by its words."""
        found = self.page.get_by_role("button", name=name, exact=True)
        (found if found.count() else self.page.get_by_role("link", name=name, exact=True)).first.click()

    def follows(self, name: str) -> None:
        """Press what leads to a page, and wait for that page; for what is then looked at without waiting for a word."""
        with self.page.expect_navigation():
            self.presses(name)

    def orders(self, number: str) -> None:
        """From the shop's door to the page of an unpaid order."""
        self.comes()
        self.types(number)
        self.chooses()
        self.presses("Bayar")
        expect(self.status).to_have_text("Menunggu pembayaran")

    def pays(self) -> None:
        """Pay in full."""
        self.presses("Bayar sekarang")

    def sees(self, word: str) -> None:
        """Wait until the order has this status word."""
        expect(self.status).to_have_text(word, timeout=15_000)


def judged(page: Page, widths: Sequence[int] = WIDTHS) -> dict[str, Any]:
    """What is wrong with the page at phone and desk width (or `widths`): reflow, small targets, axe."""
    found: dict[str, Any] = {}
    before = page.viewport_size
    for width in widths:
        page.set_viewport_size({"width": width, "height": 800})
        if page.evaluate(_TOO_WIDE) > 0:
            found[f"wide at {width}"] = page.evaluate(_TOO_WIDE)
        if small := page.evaluate(_SMALL):
            found[f"small at {width}"] = small
        answer = _axe.run(page, options={"runOnly": RULES}).response
        for violation in answer["violations"]:
            found[f"{violation['id']} at {width}"] = [node["html"] for node in violation["nodes"]]
    if before:
        page.set_viewport_size(before)
    return found
