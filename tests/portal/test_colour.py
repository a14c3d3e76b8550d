"""A shop's colour is readable whatever was chosen, by day and by night."""

import re
from itertools import product
from pathlib import Path

import pytest
from django.conf import settings

from portal.lib import colour
from portal.lib.colour import DARK, LIGHT, Ground

STEPS = ("00", "55", "aa", "ff")
MANY = [f"#{red}{green}{blue}" for red, green, blue in product(STEPS, repeat=3)]


@pytest.mark.parametrize("ground", [LIGHT, DARK])
@pytest.mark.parametrize("chosen", MANY)
def test_text_in_and_on_the_colour_has_enough_contrast(chosen: str, ground: Ground) -> None:
    found = colour.shades(chosen, ground)
    for other in (found.on_brand, found.soft, *ground.all):
        assert colour.contrast(found.brand, other) >= 4.5, (found, other)


@pytest.mark.parametrize("ground", [LIGHT, DARK])
@pytest.mark.parametrize("chosen", MANY)
def test_quiet_text_can_be_read_on_the_soft_fill(chosen: str, ground: Ground) -> None:
    quiet = "#abadb5" if ground.is_dark else "#595c65"
    assert colour.contrast(quiet, colour.shades(chosen, ground).soft) >= 4.5


@pytest.mark.parametrize(("chosen", "changed"), [("#0b6b55", False), ("#8a3b12", False), ("#ffd400", True)])
def test_only_a_colour_that_is_too_light_is_changed(chosen: str, changed: bool) -> None:
    assert colour.is_changed(chosen) is changed


def test_a_changed_colour_keeps_its_hue() -> None:
    red, green, blue = (int(colour.shades("#ff0000", LIGHT).brand[at : at + 2], 16) for at in (1, 3, 5))
    assert red > 180
    assert max(green, blue) < 40


def test_contrast_is_measured_as_wcag_does() -> None:
    assert colour.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert colour.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_the_grounds_are_those_of_the_stylesheet() -> None:
    css = (Path(settings.BASE_DIR) / "static/konter.css").read_text(encoding="utf-8")
    for ground, part in ((LIGHT, css.split("@media")[0]), (DARK, css.split("@media")[1])):
        said = dict(re.findall(r"--(paper|ground|field):(#[0-9a-f]+)", part))
        assert {"paper": ground.paper, "ground": ground.ground, "field": ground.field} == {
            name: value if len(value) == 7 else "#" + "".join(2 * digit for digit in value[1:])
            for name, value in said.items()
        }
