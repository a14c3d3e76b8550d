"""What a list brings: costs, hours, open and closed routes, prices by rule; a person's word stands."""

import datetime as dt

import pytest
from django.utils import timezone

from portal.lib import tenancy
from tests.transactions import sync_rig as rig
from tests.transactions.sync_rig import Synced
from transactions import catalog, pricing
from transactions.models import ClosedBy, Edit, Kind, MarkupRule, Place, PriceChange, RunState, TaskKind, Tier
from transactions.suppliers.simulator import Simulator

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(simulator: Simulator) -> Synced:
    made = rig.synced(simulator)
    made.run(*rig.many(9))
    return made


def is_on_sale(here: Synced) -> bool:
    dealer = here.shop.dealer
    with tenancy.inside(dealer.pk):
        (tile,) = catalog.tiles(dealer.pk, kind=Kind.PULSA, brand=None)
        return tile.is_open


def test_every_line_is_in_force(here: Synced) -> None:
    assert here.in_force() == {"TSEL10": 10_200, **{f"N{n}": 20_000 + n for n in range(9)}}


def test_a_list_that_says_the_same_changes_nothing(here: Synced) -> None:
    assert here.run().state == RunState.SAME


def test_a_cost_is_taken_over_and_the_price_follows_the_rule(here: Synced) -> None:
    run = here.run(rig.line(price=10_410), *rig.many(9)[1:])
    assert (here.route().cost, here.price()) == (10_410, 11_300)
    assert (run.state, run.price_up, run.routes, run.prices) == (RunState.APPLIED, 1, 1, 1)


def test_a_price_that_followed_is_in_the_history_as_nobodys_doing(here: Synced) -> None:
    here.run(rig.line(price=10_410), *rig.many(9)[1:])
    with tenancy.inside(here.shop.dealer.pk):
        change = PriceChange.objects.latest("pk")
        edit = Edit.objects.filter(place=Place.ROUTE).latest("pk")
    assert (change.old, change.new, change.cost, change.actor) == (11_000, 11_300, 10_410, None)
    assert (edit.old, edit.new, edit.actor) == ({"cost": 10_200}, {"cost": 10_410}, None)


def test_codes_are_the_same_in_any_case(here: Synced) -> None:
    here.set_route(supplier_sku="tsel10")
    here.run(rig.line(price=10_410), *rig.many(9)[1:])
    assert here.route().cost == 10_410


def test_what_closes_in_the_list_closes_its_route_and_opens_it_again(here: Synced) -> None:
    here.run(rig.line(seller_product_status=False), *rig.many(9)[1:])
    assert (here.route().is_open, here.route().closed_by) == (False, ClosedBy.LIST)
    assert not is_on_sale(here)
    here.run(*rig.many(9))
    assert (here.route().is_open, here.route().closed_by) == (True, "")
    assert is_on_sale(here)


def test_what_is_gone_from_the_list_closes_its_route_until_it_is_back(here: Synced) -> None:
    here.run(*rig.many(9)[1:])
    assert (here.route().is_open, here.route().closed_by) == (False, ClosedBy.GONE)
    assert "TSEL10" not in here.in_force()
    here.run(*rig.many(9))
    assert here.route().is_open


def test_a_route_that_a_person_closed_stays_closed(here: Synced) -> None:
    here.set_route(is_open=False, closed_note="rugi terus")
    here.run(rig.line(seller_product_status=False), *rig.many(9)[1:])
    here.run(rig.line(price=10_410), *rig.many(9)[1:])
    route = here.route()
    assert (route.is_open, route.closed_by, route.closed_note, route.cost) == (False, "", "rugi terus", 10_410)


def test_a_route_whose_code_was_never_listed_is_left_alone(here: Synced) -> None:
    here.set_route(supplier_sku="xld10")
    here.run(rig.line(price=10_300), *rig.many(9)[1:])
    assert (here.route().is_open, here.route().cost) == (True, 10_200)


def test_new_hours_are_taken_over(here: Synced) -> None:
    here.run(rig.line(start_cut_off="23:30", end_cut_off="00:15"), *rig.many(9)[1:])
    assert (here.route().cut_off_start, here.route().cut_off_end) == (dt.time(23, 30), dt.time(0, 15))


def test_hours_that_a_person_set_stand_while_the_lists_do_not_change(here: Synced) -> None:
    here.set_route(cut_off_start=dt.time(1), cut_off_end=dt.time(2))
    here.run(rig.line(price=10_300), *rig.many(9)[1:])
    assert here.route().cut_off_start == dt.time(1)


def test_a_price_by_hand_stands_and_the_product_closes_when_it_no_longer_bears_the_cost(here: Synced) -> None:
    with tenancy.inside(here.shop.dealer.pk):
        pricing.set_price(here.shop.product, tier=Tier.RETAIL, amount=11_000, actor=None)
    here.run(rig.line(price=11_500), *rig.many(9)[1:])
    assert here.price() == 11_000
    assert (TaskKind.PRICE, "TSEL10") in here.tasks()
    assert not is_on_sale(here)


def test_the_task_about_such_a_price_ends_when_the_cost_falls(here: Synced) -> None:
    with tenancy.inside(here.shop.dealer.pk):
        pricing.set_price(here.shop.product, tier=Tier.RETAIL, amount=11_000, actor=None)
    here.run(rig.line(price=11_500), *rig.many(9)[1:])
    here.run(rig.line(price=10_500), *rig.many(9)[1:])
    assert here.tasks() == []
    assert is_on_sale(here)


def test_the_task_about_such_a_price_ends_when_somebody_raises_it(here: Synced) -> None:
    with tenancy.inside(here.shop.dealer.pk):
        pricing.set_price(here.shop.product, tier=Tier.RETAIL, amount=11_000, actor=None)
    here.run(rig.line(price=11_500), *rig.many(9)[1:])
    with tenancy.inside(here.shop.dealer.pk):
        pricing.set_price(here.shop.product, tier=Tier.RETAIL, amount=12_000, actor=None)
    assert here.tasks() == []


def test_a_rule_never_writes_a_price_below_cost_by_itself(here: Synced) -> None:
    with tenancy.inside(here.shop.dealer.pk):
        MarkupRule.objects.update(fixed=-500)
    here.run(rig.line(price=11_400), *rig.many(9)[1:])
    assert here.price() == 11_000
    assert (TaskKind.PRICE, "TSEL10") in here.tasks()


def test_a_route_on_trial_is_not_edited_in_the_history(here: Synced) -> None:
    with tenancy.inside(here.shop.dealer.pk):
        before = Edit.objects.count()
    here.set_route(retry_at=timezone.now())
    with tenancy.inside(here.shop.dealer.pk):
        assert Edit.objects.count() == before
