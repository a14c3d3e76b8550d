"""Where money is spent, a page stays usable at 320 pixels, with text twice as large, in forced colours, by keyboard."""

import pytest
from playwright.sync_api import Page

from tests.browser.states.scene import STATES, Scene
from tests.browser.test_states import here as here
from tests.browser.visitor import judged

pytestmark = [pytest.mark.browser, pytest.mark.wide, pytest.mark.django_db(transaction=True)]

NAMES = (
    "shop-chosen",
    "shop-asks-again",
    "shop-data",
    "pay-qris-open",
    "pay-transfer",
    "pay-expired-code",
    "order-pulsa",
    "order-failed",
    "refund-bank-errors",
)
_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
_HIDDEN = """
() => {
  const bar = document.querySelector(".pay"), now = document.activeElement;
  if (!bar || now === document.body || bar.contains(now)) return null;
  const shown = (now.closest("label") ?? now).getBoundingClientRect();
  const over = bar.getBoundingClientRect();
  return shown.bottom > over.top + 1 && shown.top < over.bottom ? now.outerHTML : null;
}
"""


def _doubled(page: Page) -> None:
    page.evaluate("() => { document.documentElement.style.fontSize = '200%' }")


@pytest.mark.parametrize("name", NAMES)
def test_a_page_holds_when_it_is_small_large_or_without_colours(here: Scene, name: str) -> None:
    STATES[name].arrive(here)
    assert judged(here.page, (320,)) == {}
    here.page.emulate_media(forced_colors="active")
    assert judged(here.page, (320, 1280)) == {}
    here.page.emulate_media(forced_colors="none")
    _doubled(here.page)
    for width in (320, 360, 1280):
        here.page.set_viewport_size({"width": width, "height": 740})
        assert here.page.evaluate(_WIDE) == 0, width


@pytest.mark.parametrize("name", NAMES)
def test_nothing_in_focus_is_hidden_by_the_bar(here: Scene, name: str) -> None:
    STATES[name].arrive(here)
    here.page.evaluate("() => { document.activeElement.blur(); scrollTo(0, 0) }")
    hidden = []
    for _ in range(40):
        here.page.keyboard.press("Tab")
        if found := here.page.evaluate(_HIDDEN):
            hidden.append(found)
    assert hidden == []
