"""States of the shop: from an empty form to every question."""

from datetime import time, timedelta

from playwright.sync_api import expect

from dealers import pins
from dealers.models import Dealer
from portal.lib import tenancy
from tests import factories
from tests.browser.states import scene
from tests.browser.states.scene import NUMBER, OFFLINE, Scene, serves, state, stock, tills
from tests.browser.visitor import SHOP
from tests.transactions.storefront_rig import Storefront
from transactions.models import Kind, Order, Price, Product, Route
from transactions.suppliers.base import Outcome, Reason, Verdict

_DATA, _PLN = f"{SHOP}?jenis=data", f"{SHOP}?jenis=pln"
_METER = "12345678901"
_REFUSED = Verdict(outcome=Outcome.FAILED, rc="02", reason=Reason.OTHER, raw="{}")


def _everything(here: Scene) -> None:
    tills(here)
    stock(here, *scene.PULSA, *scene.DATA, *scene.TOKENS)


@state("shop-empty", "Ketik atau tempel", "Type or paste")
def _empty(here: Scene) -> None:
    _everything(here)
    here.page.goto(SHOP)


@state("shop-loading", "Nomor HP", "Mobile number")
def _loading(here: Scene) -> None:
    _everything(here)
    here.page.route("**/quote/", lambda _route: None)  # on its way for as long as the test looks
    here.page.goto(SHOP)
    here.page.locator("#destination").press_sequentially("0812")
    here.sees("#grid[aria-busy=true]")


@state("shop-chosen", "awalan 0812", "prefix 0812")
def _chosen(here: Scene) -> None:
    _everything(here)
    here.fills()
    here.page.locator("#grid details.more summary").click()
    here.page.locator("#others summary").click()


@state("shop-unknown-brand", "Operator belum dikenali", "Operator not recognised yet")
def _unknown_brand(here: Scene) -> None:
    _everything(here)
    here.page.goto(SHOP)
    here.page.locator("#destination").press_sequentially("086112345678")
    here.sees("#operator details.fix")


@state("shop-brand-empty", "Toko ini belum menjualnya", "does not sell")
def _brand_empty(here: Scene) -> None:
    _everything(here)
    here.page.goto(SHOP)
    here.page.locator("#destination").press_sequentially("081712345678")
    here.sees("#grid .note")


@state("shop-too-short", "Nomor kurang 5 angka", "5 digits missing")
def _too_short(here: Scene) -> None:
    _everything(here)
    here.fills("08123")
    here.presses_pay()
    here.sees("[role=alert]")


@state("shop-errors", "Belum dibeli: periksa isian ini", "Not bought yet")
def _errors(here: Scene) -> None:
    _everything(here)
    expect(here.types("0812").first).to_be_visible()
    here.presses_pay()
    here.sees("[role=alert] li")


@state("shop-closed-tiles", "Tutup sampai", "Closed until")
def _closed_tiles(here: Scene) -> None:
    tills(here)
    late = {"cut_off_start": time(0, 0), "cut_off_end": time(23, 59)}
    wares = [*scene.PULSA]
    wares[1] = scene.Ware("TSEL15", "Telkomsel 15.000", wares[1].kind, 16_000, nominal=15_000, route=late)
    stock(here, *wares)
    with tenancy.inside(here.shop.dealer.pk):
        Route.objects.filter(product__sku="TSEL20").update(is_open=False, closed_note="Gangguan di operator")
        Route.objects.filter(product__sku="TSEL50").update(is_open=False)
    here.types(NUMBER)
    here.sees("#grid .shut")


@state("shop-brand-closed", "belum bisa dibeli di sini", "cannot be bought here")
def _brand_closed(here: Scene) -> None:
    _everything(here)
    with tenancy.inside(here.shop.dealer.pk):
        Route.objects.update(is_open=False, closed_note="Gangguan di operator")
    here.types(NUMBER)
    here.sees("#grid .note")


@state("shop-disturbed", "5 dari 8 pesanan tidak masuk", "5 of 8 orders")
def _disturbed(here: Scene) -> None:
    _everything(here)
    serves(here, times=5, verdict=_REFUSED)
    serves(here, times=3)
    here.fills()
    here.sees("#grid .note.warn")


@state("shop-slow", "sedang lambat", "is slow")
def _slow(here: Scene) -> None:
    _everything(here)
    serves(here, times=6, seconds=200)
    here.types(NUMBER)
    here.sees("#grid .note.warn")


@state("shop-closed", "sedang tutup", "is closed")
def _closed(here: Scene) -> None:
    note = "Buka lagi 06.00 WIB."
    Dealer.objects.filter(pk=here.shop.dealer.pk).update(is_open=False, closed_note=note)
    here.page.goto(SHOP)


@state("shop-offline", "Tidak ada internet", "No connection", complains=OFFLINE)
def _offline(here: Scene) -> None:
    _everything(here)
    here.page.goto(SHOP)
    here.page.context.set_offline(True)
    here.page.locator("#destination").press_sequentially("0812")
    here.sees("#say.error")


@state("shop-asks-again", "Sudah dibeli hari ini", "Already bought today")
def _asks_again(here: Scene) -> None:
    _everything(here)
    here.bought(destination="+6281234567001", product=_first(here))
    here.fills()
    here.presses_pay()
    here.sees("#ask")


@state("shop-price-changed", "Harga berubah", "price has changed")
def _price_changed(here: Scene) -> None:
    _everything(here)
    here.fills()
    with tenancy.inside(here.shop.dealer.pk):
        Price.objects.filter(product=_first(here)).update(amount=6_500)
    here.presses_pay()
    here.sees("#ask")


@state("shop-tile-closed-meanwhile", "Produk ini sedang tutup", "product is closed")
def _closed_meanwhile(here: Scene) -> None:
    _everything(here)
    here.fills()
    with tenancy.inside(here.shop.dealer.pk):
        Route.objects.filter(product=_first(here)).update(is_open=False, closed_note="Gangguan di operator")
    here.presses_pay()
    here.sees("#ask")


@state("shop-other-brand", "Nomor dan operator tidak cocok", "do not match")
def _other_brand(here: Scene) -> None:
    _everything(here)
    stock(here, scene.Ware("XL10", "XL 10.000", Kind.PULSA, 11_000, "XL", 10_000))
    here.types(NUMBER)
    here.page.locator("#operator details.fix summary").click()
    here.page.locator("#brand").select_option("XL")
    expect(here.page.locator("#grid .tile")).to_have_count(1)
    here.page.locator("#grid .tile").click()
    here.presses_pay()
    here.sees("#ask")


@state("shop-recents", "Hapus nomor dari HP ini", "Forget")
def _recents(here: Scene) -> None:
    _everything(here)
    for number in ("081234567001", "081234567002", "085711112222"):
        if number.startswith("0857"):
            stock(here, scene.Ware("ISAT10", "Indosat 10.000", Kind.PULSA, 11_000, "ISAT", 10_000))
        here.fills(number)
        here.presses_pay()
        here.sees(".status")
    here.page.goto(SHOP)
    here.sees(".chip")


@state("shop-data", "26.200", "26.200")
def _data(here: Scene) -> None:
    _everything(here)
    here.fills(NUMBER, _DATA)


@state("shop-data-none", "Tidak ada paket yang cocok", "No package fits")
def _data_none(here: Scene) -> None:
    _everything(here)
    here.types(NUMBER, _DATA)
    here.page.locator("#days").select_option("30")
    expect(here.page.locator("#grid .tile")).to_have_count(3)
    here.page.locator("#most").select_option(index=1)
    expect(here.page.locator("#grid .tile")).to_have_count(0)


@state("shop-pln", "Nomor meter atau ID pelanggan", "Meter number")
def _pln(here: Scene) -> None:
    _everything(here)
    here.page.goto(_PLN)
    here.page.locator("#grid .tile").first.click()


@state("shop-pln-name", "daya", "power")
def _pln_name(here: Scene) -> None:
    _everything(here)
    here.page.goto(_PLN)
    here.page.locator("#destination").fill(_METER)
    here.page.locator("button[name=whose]").click()
    here.sees(".note.ok")


@state("shop-pln-asks", "a.n. BU", "BU••")
def _pln_asks(here: Scene) -> None:
    _everything(here)
    here.page.goto(_PLN)
    here.page.locator("#destination").fill(_METER)
    here.page.locator("#grid .tile").first.click()
    here.presses_pay()
    here.sees("#ask")


@state("shop-pln-unknown", "Belum dibeli: periksa isian ini", "Not bought yet")
def _pln_unknown(here: Scene) -> None:
    _everything(here)
    here.page.goto(_PLN)
    here.page.locator("#destination").fill("12345678232")
    here.page.locator("#grid .tile").first.click()
    here.presses_pay()
    here.sees("[role=alert] li")


@state("shop-balance-short", "Saldo kurang", "short")
def _balance_short(here: Scene) -> None:
    _everything(here)
    poor = factories.user()
    factories.fund(here.shop.dealer, poor, 2_500)
    here.signs_in(poor)
    here.fills()
    here.pays_with("balance")
    here.presses_pay()
    here.sees("#ask")


@state("shop-pin", "PIN saldo", "PIN")
def _pin(here: Scene) -> None:
    _everything(here)
    pins.keep(here.shop.customer, "402817", ask_above=5_000)
    here.signs_in(here.shop.customer)
    here.fills()
    here.pays_with("balance")
    here.presses_pay()
    here.sees("#ask")


@state("shop-old-form", "lebih dari sehari terbuka", "more than a day")
def _old_form(here: Scene) -> None:
    _everything(here)
    here.fills()
    old = Storefront(here.shop).token(age=timedelta(hours=25))
    here.page.evaluate("(old) => { document.querySelector('#grid [name=token]').value = old }", old)
    here.presses_pay()
    here.sees("#ask")


def _first(here: Scene) -> Product:
    """The voucher that stands first: the cheapest."""
    with tenancy.inside(here.shop.dealer.pk):
        return Product.objects.get(sku="TSEL5")


@state("shop-used-form", "Formulir ini sudah menjadi pesanan", "already become an order")
def _used_form(here: Scene) -> None:
    _everything(here)
    here.fills()
    token = here.page.locator("#grid [name=token]").input_value()
    here.presses_pay()
    here.sees(".status")
    here.fills("081234567002")
    here.page.evaluate("(token) => { document.querySelector('#grid [name=token]').value = token }", token)
    here.presses_pay()
    here.sees("#ask")
    with tenancy.inside(here.shop.dealer.pk):
        assert Order.objects.count() == 1
