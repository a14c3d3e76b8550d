"""The purchase with the keyboard alone, and nothing under the focus hidden by the pay bar."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
_COVERED = """
() => {
  const focused = document.activeElement, bar = document.querySelector(".pay");
  if (bar.contains(focused)) return false;
  const box = (focused.closest("label") ?? focused).getBoundingClientRect();
  return bar.getBoundingClientRect().top < (box.top + box.bottom) / 2;
}
"""


def _tab_to(page: Page, wanted: str) -> None:
    """Press Tab until the wanted element has the focus, which must always be in sight."""
    for _ in range(40):
        page.keyboard.press("Tab")
        assert not page.evaluate(_COVERED)
        if page.evaluate("(wanted) => document.activeElement.matches(wanted)", wanted):
            return
    pytest.fail(f"Tab never reached {wanted}")


@pytest.mark.parametrize("height", [560, 640, 740])
def test_a_purchase_needs_no_pointer(visitor: Visitor, height: int) -> None:
    page = visitor.page
    page.set_viewport_size({"width": 360, "height": height})
    visitor.comes()
    _tab_to(page, "#destination")
    page.keyboard.type("081234567001")
    expect(page.get_by_role("radio", name="10.000")).to_be_visible()
    _tab_to(page, "[name=sku]")
    page.keyboard.press("Space")
    expect(page.locator("#total .num")).to_have_text("Rp11.000")
    _tab_to(page, ".pay .btn")
    page.keyboard.press("Enter")
    visitor.sees("Menunggu pembayaran")
    page.locator("body").press("Tab")
    _tab_to(page, ".pay .btn")
    page.keyboard.press("Enter")
    visitor.sees("Berhasil")


def test_enter_in_the_number_field_sends_the_form(visitor: Visitor) -> None:
    visitor.comes()
    visitor.types("081234567001")
    visitor.chooses()
    visitor.page.get_by_label("Nomor HP").press("Enter")
    visitor.sees("Menunggu pembayaran")


def test_the_operator_is_corrected_without_a_pointer(visitor: Visitor) -> None:
    page = visitor.page
    visitor.comes()
    page.get_by_label("Nomor HP").press_sequentially("081712345678")
    expect(page.locator(".op")).to_have_text("XL awalan 0817")
    _tab_to(page, ".fix summary")
    page.keyboard.press("Enter")
    _tab_to(page, "#brand")
    page.keyboard.type("Telkomsel")
    expect(page.get_by_role("radio", name="10.000")).to_be_visible()
    expect(page.locator(".fix summary")).to_be_focused()
