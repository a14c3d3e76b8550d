"""What is ticked in a price list becomes products and routes, with the price that was shown; or nothing does."""

from hashlib import sha256

import pytest
from django.urls import reverse

from dealers.models import Role
from portal.lib import tenancy
from tests import factories
from tests.transactions import catalogue_rig as rig
from tests.transactions.desk_rig import Desk, desk
from transactions.models import Edit, MarkupRule, Place, Price, PriceChange, Product, SupplierOffer, Tier
from transactions.suppliers.base import Offer

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Desk:
    made = desk()
    rig.rule(made)
    return made


def offered(here: Desk, *offers: Offer) -> None:
    """A second supplier that offers this."""
    factories.price_list(here.shop.dealer, rig.second(here), *offers)


def field(sku: str, name: str) -> str:
    """The name of a field of the form about one offer."""
    return f"o{sha256(sku.encode()).hexdigest()[:12]}-{name}"


def skus(here: Desk) -> list[str]:
    with tenancy.inside(here.shop.dealer.pk):
        return list(Product.objects.order_by("sku").values_list("sku", flat=True))


def price(here: Desk, sku: str) -> int:
    with tenancy.inside(here.shop.dealer.pk):
        return Price.objects.get(product__sku=sku, tier=Tier.RETAIL).amount


def test_a_ticked_offer_is_a_product_with_a_route_and_a_price_by_the_rule(here: Desk) -> None:
    offered(here, factories.offer("s5", cut_off_start="23:30", cut_off_end="00:15", description="Pulsa reguler"))
    answer = rig.agree(here.as_(), "price_list_take", "kedua", pick=["s5"])
    assert answer["Location"] == reverse("desk:products")
    made = rig.product(here, "TSEL5")
    assert (made.name, made.kind, made.brand.code, made.nominal) == ("Telkomsel 5.000", "pulsa", "TSEL", 5_000)
    assert made.description == "Pulsa reguler"
    assert rig.routes(here, "TSEL5") == [("kedua", "s5", 5_300, 1)]
    assert price(here, "TSEL5") == 6_100


def test_price_and_margin_are_shown_before_anything_is_written(here: Desk) -> None:
    offered(here, factories.offer("s5"))
    shown = rig.send(here.as_(), "price_list_take", "kedua", pick=["s5"])
    (change,) = [c for c in shown.context["effect"].changes if c.product.sku == "TSEL5"]
    assert (change.cost, change.new_price, change.margin) == (5_300, 6_100, 800)
    assert "Rp6.100" in rig.text(shown)
    assert skus(here) == ["TSEL10"]


def test_a_product_that_is_there_gets_only_the_route_behind_the_others(here: Desk) -> None:
    offered(here, factories.offer("s10", name="Telkomsel 10.000", price=10_150))
    rig.agree(here.as_(), "price_list_take", "kedua", pick=["s10"])
    assert skus(here) == ["TSEL10"]
    assert rig.routes(here, "TSEL10") == [("konter-a", "TSEL10", 10_200, 1), ("kedua", "s10", 10_150, 2)]


def test_staff_may_say_that_it_is_another_product_after_all(here: Desk) -> None:
    offered(here, factories.offer("s10", name="Telkomsel Transfer 10.000"))
    chosen = {field("s10", "product"): "", field("s10", "sku"): "tseltf10"}
    rig.agree(here.as_(), "price_list_take", "kedua", pick=["s10"], **chosen)
    assert skus(here) == ["TSEL10", "TSELTF10"]


def test_two_offers_of_one_face_value_get_codes_of_their_own(here: Desk) -> None:
    offered(here, factories.offer("a5"), factories.offer("b5", name="Telkomsel Transfer 5.000", price=5_400))
    rig.agree(here.as_(), "price_list_take", "kedua", pick=["a5", "b5"])
    assert skus(here) == ["TSEL10", "TSEL5", "TSEL5-2"]


def test_a_code_that_is_taken_has_to_be_changed(here: Desk) -> None:
    offered(here, factories.offer("s5"))
    taken = {field("s5", "sku"): "tsel10"}
    shown = rig.send(here.as_(), "price_list_take", "kedua", pick=["s5"], **taken)
    assert shown.context["effect"] is None
    assert "sudah dipakai produk lain" in rig.text(shown)


def test_one_product_does_not_get_two_routes_of_one_supplier(here: Desk) -> None:
    offered(here, factories.offer("a10", name="Telkomsel 10.000"), factories.offer("b10", name="Telkomsel TF 10.000"))
    same = {field(sku, "product"): str(here.shop.product.pk) for sku in ("a10", "b10")}
    shown = rig.send(here.as_(), "price_list_take", "kedua", pick=["a10", "b10"], **same)
    assert "sudah punya jalur dari pemasok ini" in rig.text(shown)
    assert shown.context["effect"] is None


def test_an_unknown_brand_has_to_be_chosen(here: Desk) -> None:
    offered(here, factories.offer("s5", brand="SIMPATI"))
    shown = rig.send(here.as_(), "price_list_take", "kedua", pick=["s5"])
    assert "tidak terbaca" in rig.text(shown)
    brand = {field("s5", "brand"): str(here.shop.product.brand_id), field("s5", "sku"): "SIM5"}
    rig.agree(here.as_(), "price_list_take", "kedua", pick=["s5"], **brand)
    assert rig.product(here, "SIM5").brand.code == "TSEL"


def test_a_face_value_that_cannot_be_read_has_to_be_written(here: Desk) -> None:
    offered(here, factories.offer("promo", name="Telkomsel Promo"))
    assert "Tulis nominalnya" in rig.text(rig.send(here.as_(), "price_list_take", "kedua", pick=["promo"]))


def test_a_price_below_cost_is_taken_over_only_with_a_yes(here: Desk) -> None:
    with tenancy.inside(here.shop.dealer.pk):
        MarkupRule.objects.create(dealer=here.shop.dealer, nominal=5_000, fixed=-500)
    offered(here, factories.offer("s5"))
    again = rig.agree(here.as_(), "price_list_take", "kedua", pick=["s5"])
    assert "di bawah modal" in rig.text(again)
    assert skus(here) == ["TSEL10"]
    seen = again.context["effect"].digest
    rig.send(here.as_(), "price_list_take", "kedua", pick=["s5"], seen=seen, accept="on")
    assert price(here, "TSEL5") == 4_800


def test_another_cost_since_it_was_seen_is_shown_again(here: Desk) -> None:
    offered(here, factories.offer("s5"))
    seen = rig.send(here.as_(), "price_list_take", "kedua", pick=["s5"]).context["effect"].digest
    with tenancy.inside(here.shop.dealer.pk):
        SupplierOffer.objects.update(price=5_400)
    again = rig.send(here.as_(), "price_list_take", "kedua", pick=["s5"], seen=seen)
    assert "Akibatnya berubah" in rig.text(again)
    assert skus(here) == ["TSEL10"]


def test_a_product_that_no_rule_fits_is_said_to_have_no_price(here: Desk) -> None:
    with tenancy.inside(here.shop.dealer.pk):
        MarkupRule.objects.update(kind="pln")
    offered(here, factories.offer("s5"))
    shown = rig.send(here.as_(), "price_list_take", "kedua", pick=["s5"])
    assert "1 produk tanpa harga" in rig.text(shown)


def test_without_a_rule_for_customers_the_rule_comes_first(here: Desk) -> None:
    with tenancy.inside(here.shop.dealer.pk):
        MarkupRule.objects.update(tier=Tier.PARTNER)
    offered(here, factories.offer("s5"))
    answer = here.as_().post(reverse("desk:price_list_take", args=["kedua"]), {"pick": "s5"}, follow=True)
    shown = answer.content.decode()
    assert "Buat aturan harga untuk pelanggan dulu" in shown
    assert reverse("desk:rule_add") in shown
    assert 'name="pick"' not in shown


@pytest.mark.parametrize("pick", [[], ["unknown"]])
def test_nothing_ticked_changes_nothing(here: Desk, pick: list[str]) -> None:
    offered(here, factories.offer("s5"))
    answer = here.as_().post(reverse("desk:price_list_take", args=["kedua"]), {"pick": pick}, follow=True)
    assert "Belum ada yang dicentang" in answer.content.decode()
    assert skus(here) == ["TSEL10"]


def test_the_same_form_sent_twice_adds_once(here: Desk) -> None:
    offered(here, factories.offer("s5"))
    seen = rig.send(here.as_(), "price_list_take", "kedua", pick=["s5"]).context["effect"].digest
    for _tap in range(2):
        assert rig.send(here.as_(), "price_list_take", "kedua", pick=["s5"], seen=seen).status_code == 302
    assert skus(here) == ["TSEL10", "TSEL5"]
    assert len(rig.routes(here, "TSEL5")) == 1


def test_the_history_names_who_added_what(here: Desk) -> None:
    offered(here, factories.offer("s5"))
    rig.agree(here.as_(), "price_list_take", "kedua", pick=["s5"])
    owner, made = here.person(Role.OWNER), rig.product(here, "TSEL5")
    with tenancy.inside(here.shop.dealer.pk):
        edits = {(e.place, e.action, e.actor_id) for e in Edit.objects.filter(actor=owner)}
        assert PriceChange.objects.get(product=made).actor == owner
    assert {(place, "insert", owner.pk) for place in (Place.PRODUCT, Place.ROUTE, Place.PRICE)} <= edits
    assert "Telkomsel 5.000 · kedua" in rig.text(here.as_().get(reverse("desk:product", args=["TSEL5"])))


@pytest.mark.django_db(transaction=True)
def test_what_was_only_shown_is_not_in_the_log(here: Desk, caplog: pytest.LogCaptureFixture) -> None:
    offered(here, factories.offer("s5"))
    caplog.set_level("INFO", logger="transactions")
    browser = here.as_()
    seen = rig.send(browser, "price_list_take", "kedua", pick=["s5"]).context["effect"].digest
    assert "product added" not in caplog.text
    rig.send(browser, "price_list_take", "kedua", pick=["s5"], seen=seen)
    assert "product added" in caplog.text
