"""A new dealer is told what to do until the first sale, and how far it has come."""

import pytest
from django.urls import reverse

from dealers.models import Role
from portal.lib import tenancy
from tests import factories
from tests.transactions import catalogue_rig as rig
from tests.transactions.desk_rig import Desk, desk, signed_in
from transactions import postings_business
from transactions.desk_selectors import beginning
from transactions.models import MarkupRule, Tier

pytestmark = pytest.mark.django_db


def done(here: Desk) -> list[bool]:
    with tenancy.inside(here.shop.dealer.pk):
        return [step.is_done for step in beginning.steps(here.shop.dealer)]


def test_nothing_is_done_in_an_empty_shop_and_each_step_has_its_page() -> None:
    dealer = factories.dealer()
    browser = signed_in(factories.member(dealer))
    shown = browser.get(reverse("desk:products")).content.decode()
    addresses = [reverse(f"desk:{name}") for name in ("supplier_add", "rule_add", "suppliers")]
    for address in [*addresses, reverse("shop", args=[dealer.slug])]:
        assert f'<a href="{address}"' in shown
    with tenancy.inside(dealer.pk):
        assert [step.is_done for step in beginning.steps(dealer)] == [False] * 5


def test_each_step_is_done_when_it_is() -> None:
    here = desk(money=0)
    assert done(here) == [True, True, True, False, True]
    with tenancy.inside(here.shop.dealer.pk):
        postings_business.top_up_supplier(
            here.shop.dealer.pk, supplier="konter-a", bank="main", amount=1_000, reference="1"
        )
    assert done(here) == [True] * 5


def test_a_rule_for_partners_alone_gives_customers_no_price() -> None:
    dealer = factories.dealer()
    with tenancy.inside(dealer.pk):
        MarkupRule.objects.create(dealer=dealer, tier=Tier.PARTNER, fixed=100)
        assert not beginning.steps(dealer)[1].is_done


def test_the_steps_are_gone_with_the_first_order() -> None:
    here = desk()
    here.shop.buy()
    assert done(here) == []
    assert "Sampai penjualan pertama" not in rig.text(here.as_().get(reverse("desk:products")))


def test_the_desks_first_page_has_them_for_those_who_can_do_them() -> None:
    here = desk()
    assert "Sampai penjualan pertama" in rig.text(here.as_().get(reverse("desk:home")))
    assert "Sampai penjualan pertama" not in rig.text(here.as_(Role.CASHIER).get(reverse("desk:home")))
