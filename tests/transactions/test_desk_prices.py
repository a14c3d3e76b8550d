"""A price rule is saved only as it was shown: the preview is the price, and a loss needs a yes."""

import pytest
from django.http import HttpResponse
from django.urls import reverse

from portal.lib import tenancy
from tests.transactions.desk_rig import Desk, desk
from transactions.models import MarkupRule, Price, PriceChange, Product, Route, Tier

pytestmark = pytest.mark.django_db

RULE = {
    "tier": "retail",
    "brand": "",
    "kind": "pulsa",
    "nominal": "",
    "fixed": "1.250",
    "percent_bp": "1,5",
    "round_to": "100",
}


@pytest.fixture
def here() -> Desk:
    return desk()


def post(here: Desk, name: str, sent: dict[str, str], *arguments: object) -> HttpResponse:
    answer: HttpResponse = here.as_().post(reverse(f"desk:{name}", args=arguments), sent)  # type: ignore[assignment]
    return answer


def seen(answer: HttpResponse) -> str:
    digest: str = answer.context["effect"].digest  # type: ignore[attr-defined]  # the test client's answer
    return digest


def price(here: Desk, tier: Tier = Tier.RETAIL) -> int:
    with tenancy.inside(here.shop.dealer.pk):
        return Price.objects.get(product=here.shop.product, tier=tier).amount


def test_the_saved_price_is_the_one_that_was_shown(here: Desk) -> None:
    shown = post(here, "rule_add", RULE)
    (change,) = shown.context["effect"].changes  # type: ignore[attr-defined]
    assert (change.old_price, change.new_price, change.margin) == (11_000, 11_700, 1_500)
    assert "Rp11.700" in shown.content.decode()
    assert price(here) == 11_000
    assert post(here, "rule_add", {**RULE, "seen": seen(shown)}).status_code == 302
    assert price(here) == 11_700


def test_a_preview_leaves_nothing_behind(here: Desk) -> None:
    post(here, "rule_add", RULE)
    with tenancy.inside(here.shop.dealer.pk):
        assert (MarkupRule.objects.count(), PriceChange.objects.count()) == (0, 0)


def test_an_effect_that_changed_since_it_was_seen_is_shown_again(here: Desk) -> None:
    old = seen(post(here, "rule_add", RULE))
    with tenancy.inside(here.shop.dealer.pk):
        Route.objects.update(cost=10_400)
    again = post(here, "rule_add", {**RULE, "seen": old})
    assert (again.status_code, price(here)) == (200, 11_000)
    assert "Akibatnya berubah" in again.content.decode()


def test_a_price_below_cost_is_saved_only_with_a_yes(here: Desk) -> None:
    loss = {**RULE, "fixed": "-1.000", "percent_bp": ""}
    digest = seen(post(here, "rule_add", loss))
    assert post(here, "rule_add", {**loss, "seen": digest}).status_code == 200
    assert price(here) == 11_000
    assert post(here, "rule_add", {**loss, "seen": digest, "accept": "on"}).status_code == 302
    assert price(here) == 9_200
    with tenancy.inside(here.shop.dealer.pk):
        assert Product.objects.get(pk=here.shop.product.pk).accepted_cost == 10_200


def test_a_second_rule_for_the_same_products_is_refused(here: Desk) -> None:
    with tenancy.inside(here.shop.dealer.pk):
        MarkupRule.objects.create(dealer=here.shop.dealer, kind="pulsa", fixed=800)
    assert "Sudah ada aturan" in post(here, "rule_add", RULE).content.decode()


def test_deleting_a_rule_shows_what_the_next_one_makes_of_the_prices(here: Desk) -> None:
    with tenancy.inside(here.shop.dealer.pk):
        MarkupRule.objects.create(dealer=here.shop.dealer, fixed=800)
        special = MarkupRule.objects.create(dealer=here.shop.dealer, kind="pulsa", fixed=2_000)
    shown = here.as_().get(reverse("desk:rule_delete", args=[special.pk]))
    assert post(here, "rule_delete", {"seen": seen(shown)}, special.pk).status_code == 302  # type: ignore[arg-type]
    with tenancy.inside(here.shop.dealer.pk):
        assert not MarkupRule.objects.filter(pk=special.pk).exists()
        assert PriceChange.objects.filter(product=here.shop.product).count() == 0
    assert price(here) == 11_000


def test_a_price_set_by_hand_stays_when_rules_change(here: Desk) -> None:
    sent = {"retail-mode": "hand", "retail-amount": "12.345"}
    digest = seen(post(here, "price", sent, "TSEL10", "retail"))
    post(here, "price", {**sent, "seen": digest}, "TSEL10", "retail")
    assert price(here) == 12_345
    assert post(here, "rule_add", RULE).context["effect"].changes == []  # type: ignore[attr-defined]


def test_each_change_of_a_price_names_who_made_it(here: Desk) -> None:
    sent = {"partner-mode": "hand", "partner-amount": "10900"}
    post(here, "price", {**sent, "seen": seen(post(here, "price", sent, "TSEL10", "partner"))}, "TSEL10", "partner")
    with tenancy.inside(here.shop.dealer.pk):
        change = PriceChange.objects.get(tier=Tier.PARTNER)
        assert (change.old, change.new, change.cost) == (10_500, 10_900, 10_200)
        assert change.actor in here.people.values()


def test_an_unknown_tier_is_not_found(here: Desk) -> None:
    assert post(here, "price", {"nobody-mode": "rule"}, "TSEL10", "nobody").status_code == 404
