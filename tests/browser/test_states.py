"""Every state of the pages for buyers, in both languages, on a phone and a desk, light and dark (`make check-all`).

With SHOTS=<folder> each is also kept as a picture, <state>-<language>-<width>-<light or dark>.png, to be looked at.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser
from pytest_django import Settings

from tests import factories
from tests.browser.states import order, others, pay
from tests.browser.states import shop as shop_states
from tests.browser.states.scene import STATES, Scene, squeezed
from tests.browser.visitor import judged, watch
from transactions.suppliers.simulator import Simulator

pytestmark = [pytest.mark.browser, pytest.mark.wide, pytest.mark.django_db(transaction=True)]

SIZES = {360: 740, 1280: 900}
LOOKS = ("light", "dark")
LANGUAGES = ("id", "en")
SHOTS = Path(os.environ["SHOTS"]) if "SHOTS" in os.environ else None
assert all((order, others, pay, shop_states)), "each brings its states"


@pytest.fixture(params=LANGUAGES)
def here(
    request: pytest.FixtureRequest,
    chromium: Browser,
    shop: factories.Shop,
    simulator: Simulator,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Scene]:
    """Somebody with a phone who reads one language."""
    cache.clear()
    settings.GUEST_LOOKUPS_PER_MINUTE = settings.NAME_CHECKS_PER_MINUTE = 6_000
    settings.DEMO = True
    context = chromium.new_context(
        base_url=settings.KONTER_BASE_URL,
        locale="id-ID" if request.param == "id" else "en-GB",
        timezone_id="Asia/Jakarta",
        reduced_motion="reduce",
        viewport={"width": 360, "height": 740},
    )
    context.add_cookies(
        [{"name": settings.LANGUAGE_COOKIE_NAME, "value": request.param, "url": settings.KONTER_BASE_URL}]
    )
    yield Scene(context.new_page(), shop, simulator, settings, monkeypatch, request.param)
    context.close()


@pytest.mark.parametrize("name", list(STATES))
def test_a_state_holds_and_says_what_it_is(here: Scene, name: str) -> None:
    wanted = STATES[name]
    complaints = watch(here.page)
    wanted.arrive(here)
    if SHOTS is not None:
        _keep(here, SHOTS / f"{name}-{here.language}")
    assert wanted.says[here.language].casefold() in squeezed(here.page.locator("body").inner_text()).casefold()
    assert _faults(here) == {}
    assert [said for said in complaints if not said.startswith(wanted.complains)] == []


def _faults(here: Scene) -> dict[str, object]:
    found: dict[str, object] = {}
    for look in LOOKS:
        here.page.emulate_media(color_scheme="dark" if look == "dark" else "light")
        found |= {f"{fault}, {look}": where for fault, where in judged(here.page, tuple(SIZES)).items()}
    return found


def _keep(here: Scene, stem: Path) -> None:
    stem.parent.mkdir(parents=True, exist_ok=True)
    for width, height in SIZES.items():
        here.page.set_viewport_size({"width": width, "height": height})
        for look in LOOKS:
            here.page.emulate_media(color_scheme="dark" if look == "dark" else "light")
            here.page.screenshot(path=f"{stem}-{width}-{look}.png", full_page=True)


def test_the_receipt_is_a_picture_too(here: Scene) -> None:
    found = order.picture(here)
    assert found.startswith(b"\x89PNG")
    if SHOTS is not None:
        (SHOTS / f"order-picture-{here.language}.png").write_bytes(found)
