import pytest

from tests.browser.test_desk import _furnish, _tiles, desk, goes, sits_down  # noqa

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OUT = "/tmp/konter/desk/shots/"


def test_shots(visitor, desk):
    sits_down(visitor, desk)
    pages = _furnish(visitor, desk)
    for scheme in ("light", "dark"):
        visitor.page.emulate_media(color_scheme=scheme)
        for w, h in ((360, 740), (1280, 900)):
            visitor.page.set_viewport_size({"width": w, "height": h})
            for name, args in pages.items():
                if scheme == "dark" and name not in ("home", "order", "product", "account"):
                    continue
                goes(visitor, name, *args)
                visitor.page.screenshot(
                    path=f"{OUT}{name}-{w}-{scheme}.png", full_page=w == 360 and name not in ("home", "orders", "sell")
                )
            _tiles(visitor)
            visitor.page.screenshot(path=f"{OUT}tiles-{w}-{scheme}.png")
            goes(visitor, "rule_add")
            visitor.page.get_by_label("Tambah rupiah").fill("-1.000")
            visitor.presses("Lihat akibatnya")
            visitor.page.screenshot(path=f"{OUT}effect-{w}-{scheme}.png", full_page=True)
