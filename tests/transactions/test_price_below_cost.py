"""A price below its cost is never saved by the way: by hand, by a rule, by going back to the rules, or by a route."""

import pytest
from django.urls import reverse

from portal.lib import tenancy
from tests.transactions.desk_rig import Desk, desk
from transactions import catalogue_edits, pricing
from transactions.models import MarkupRule, Price, Product, Route, Tier

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Desk:
    """A product of 11.000 that costs 10.200."""
    return desk()


def _by_hand_over_a_losing_rule(here: Desk) -> Product:
    with tenancy.inside(here.shop.dealer.pk):
        MarkupRule.objects.create(dealer=here.shop.dealer, fixed=-1_000)
        Price.objects.filter(tier=Tier.RETAIL).update(by_hand=True)
        return Product.objects.get()


def _price(here: Desk) -> tuple[int, bool, int]:
    with tenancy.inside(here.shop.dealer.pk):
        row = Price.objects.select_related("product").get(tier=Tier.RETAIL)
        return row.amount, row.by_hand, row.product.accepted_cost


def test_going_back_to_a_rule_below_cost_needs_a_yes(here: Desk) -> None:
    product = _by_hand_over_a_losing_rule(here)
    with tenancy.inside(here.shop.dealer.pk), pytest.raises(pricing.BelowCost):
        pricing.follow_rules(product, tier=Tier.RETAIL, actor=None)
    assert _price(here) == (11_000, True, 0)
    with tenancy.inside(here.shop.dealer.pk):
        pricing.follow_rules(product, tier=Tier.RETAIL, actor=None, accept_below_cost=True)
    assert _price(here) == (9_200, False, 10_200)


def test_the_desk_asks_before_a_price_goes_back_to_a_losing_rule(here: Desk) -> None:
    _by_hand_over_a_losing_rule(here)
    browser, address = here.as_(), reverse("desk:price", args=["TSEL10", "retail"])
    sent = {"retail-mode": "rule", "retail-amount": ""}
    shown = browser.post(address, sent)
    sent["seen"] = shown.context["effect"].digest
    assert "Saya tahu ini rugi" in shown.content.decode()
    assert browser.post(address, sent).status_code == 200
    assert _price(here) == (11_000, True, 0)
    assert browser.post(address, {**sent, "accept": "on"}).status_code == 302
    assert _price(here) == (9_200, False, 10_200)


def _costs(here: Desk, cost: int, *, accept: bool) -> None:
    with tenancy.inside(here.shop.dealer.pk):
        route = Route.objects.select_related("product").get()
        route.cost = cost
        catalogue_edits.save_route(
            route, fields=["cost", "closed_note"], actor=here.shop.customer, accept_below_cost=accept
        )


def test_a_cost_that_rises_above_a_price_needs_a_yes(here: Desk) -> None:
    with pytest.raises(pricing.BelowCost):
        _costs(here, 12_000, accept=False)
    with tenancy.inside(here.shop.dealer.pk):
        assert Route.objects.get().cost == 10_200


def test_a_loss_by_cost_that_was_agreed_to_is_what_may_be_paid(here: Desk) -> None:
    _costs(here, 12_000, accept=True)
    assert _price(here) == (11_000, False, 12_000)


def test_an_edit_that_leaves_the_cost_alone_asks_nothing_again(here: Desk) -> None:
    _costs(here, 12_000, accept=True)
    _costs(here, 12_000, accept=False)
    assert _price(here) == (11_000, False, 12_000)


@pytest.mark.parametrize(("price", "cost", "left"), [(11_000, 10_200, 800), (11_000, 11_500, -500)])
def test_a_margin_is_what_remains_of_the_price(price: int, cost: int, left: int) -> None:
    assert pricing.margin(price, cost) == left
    assert pricing.is_loss(price, cost) is (left < 0)


@pytest.mark.parametrize(("price", "cost"), [(None, 10_200), (11_000, None)])
def test_without_a_price_or_a_cost_there_is_no_margin(price: int | None, cost: int | None) -> None:
    assert pricing.margin(price, cost) is None
    assert pricing.is_loss(price, cost) is False
