"""The pages beside buying: a shop's service, what went wrong, and what is not there."""

from collections.abc import Callable
from datetime import timedelta

from django.db import OperationalError
from playwright.sync_api import expect

from dealers.models import Role
from dealers.views import site
from tests.browser.states.scene import NUMBER, OFFLINE, Scene, serves, state, stock
from tests.browser.states.scene import PULSA as _PULSA
from tests.browser.visitor import SHOP
from tests.transactions.desk_rig import Desk
from tests.transactions.storefront_rig import NO
from transactions.suppliers.base import Outcome, Reason, Verdict

_REFUSED = ("Failed to load resource: the server responded with a status of 5",)
_NOT_IN = Verdict(outcome=Outcome.FAILED, rc="02", reason=Reason.OTHER, raw="{}")
_SUBMIT = "() => HTMLFormElement.prototype.submit.call(document.getElementById('sale'))"
_GOVERNED = "() => navigator.serviceWorker.controller !== null"


@state("service", "Jalur pengisian", "Routes")
def _service(here: Scene) -> None:
    serves(here, times=9)
    serves(here, times=4, ago=timedelta(hours=5))
    serves(here, times=2, ago=timedelta(hours=5), verdict=_NOT_IN)
    serves(here, times=6, ago=timedelta(hours=11), seconds=21)
    here.page.goto(f"{SHOP}status/")
    here.page.locator("details.more summary").first.click()


@state("service-disturbed", "Gangguan", "Disrupted")
def _disturbed(here: Scene) -> None:
    serves(here, times=5, verdict=_NOT_IN)
    serves(here, times=2)
    here.page.goto(f"{SHOP}status/")


@state("service-quiet", "Belum ada pesanan dalam 24 jam", "No orders within 24 hours")
def _quiet(here: Scene) -> None:
    serves(here, times=1, verdict=NO, ago=timedelta(hours=30))
    here.page.goto(f"{SHOP}status/")


@state("styleguide", "Komponen", "Components")
def _styleguide(here: Scene) -> None:
    here.signs_in(Desk(here.shop).person(Role.OWNER))
    here.page.goto("/desk/styleguide/")


@state("order-unknown", "Pesanan tidak ditemukan", "Order not found")
def _unknown(here: Scene) -> None:
    here.page.goto("/o/1/?t=x")


@state("order-wrong-secret", "Pesanan tidak ditemukan", "Order not found")
def _wrong_secret(here: Scene) -> None:
    order = here.ordered()
    here.page.goto(f"/o/{order.code}/?t=x")


@state("page-403", "Tidak diizinkan", "Not allowed")
def _forbidden(here: Scene) -> None:
    here.signs_in(Desk(here.shop).person(Role.CASHIER))
    here.page.goto("/desk/pemasok/baru/")


@state("page-403-form", "Formulir perlu dikirim lagi", "send the form again")
def _stale_form(here: Scene) -> None:
    stock(here, *_PULSA[:2])
    here.fills(NUMBER)
    here.page.context.clear_cookies(name="csrftoken")
    here.page.locator("#sale .pay .btn").click()
    expect(here.page.locator("#sale")).to_have_count(0)


@state("page-404", "Halaman tidak ditemukan", "Page not found")
def _not_found(here: Scene) -> None:
    here.page.goto("/tidak/ada/")


@state("page-405", "Halaman ini tidak bisa dibuka langsung", "cannot be opened directly")
def _not_allowed(here: Scene) -> None:
    here.opens(here.ordered(), "renew/")


@state("page-429", "Terlalu banyak permintaan", "Too many requests")
def _too_many(here: Scene) -> None:
    here.settings.GUEST_LOOKUPS_PER_MINUTE = 1
    for _ in range(3):
        here.page.goto("/cek/")
        here.page.locator("#kode").fill("7K3MQ9XA2B4")
        here.page.locator("#akhir").fill("0000")
        here.page.locator("main form .btn").click()
        here.page.wait_for_load_state("load")


def _breaks(here: Scene, error: Exception) -> None:
    """The directory meets this error."""

    def broken(*_given: object, **_named: object) -> None:
        raise error

    here.patch.setattr(site, "render", broken)
    here.page.goto("/")


@state("page-500", "Ada kesalahan di server kami", "Something went wrong on our server", complains=_REFUSED)
def _defect(here: Scene) -> None:
    _breaks(here, RuntimeError("a defect"))


@state("page-503", "Belum bisa dilayani", "We cannot serve you yet", complains=_REFUSED)
def _away(here: Scene) -> None:
    _breaks(here, OperationalError("connection refused"))


def _loses_the_internet(act: str) -> Callable[[Scene], None]:
    def arrive(here: Scene) -> None:
        stock(here, *_PULSA[:2])
        here.page.goto(SHOP)
        here.page.wait_for_function(_GOVERNED)
        here.fills(NUMBER)
        here.page.context.set_offline(True)
        if act == "send":
            here.page.evaluate(_SUBMIT)
        else:
            here.page.goto("/")
        here.sees(".status:not([hidden])")

    return arrive


state("offline-page", "Tidak ada internet", "No connection", complains=OFFLINE)(_loses_the_internet("look"))
state("offline-unsent", "TIDAK terkirim", "NOT sent", complains=OFFLINE)(_loses_the_internet("send"))
