"""Staff give part of a sale back, or a gift for the trouble: within limits, once, above a limit by two people."""

from collections.abc import Iterator

import pytest

from dealers.models import Role
from portal.lib import ids, tenancy
from tests import factories
from tests.factories import Shop
from tests.transactions.desk_rig import NO, YES, Desk, desk
from tests.transactions.postings_rig import booked
from transactions import accounts, amends, audit, ledger, payouts, refund_view, refund_ways
from transactions.models import (
    Amends,
    AmendsKind,
    Order,
    OrderEvent,
    Refund,
    RefundState,
    RefundWay,
    Task,
    TaskKind,
)
from transactions.payouts import Payer

pytestmark = pytest.mark.django_db

PART, GOODWILL = AmendsKind.PART, AmendsKind.GOODWILL


@pytest.fixture
def here() -> Iterator[Desk]:
    """The desk of a dealer; whatever a test does, the books stay clean."""
    at = desk()
    yield at
    with tenancy.inside(at.shop.dealer.pk):
        assert [str(v) for v in audit.violations("default") if v.dealer_id == at.shop.dealer.pk] == []


@pytest.fixture
def sold(here: Desk) -> Order:
    """Delivered to a guest for 11.000."""
    return delivered(here, here.paid_by_guest())


def delivered(here: Desk, order: Order) -> Order:
    here.sent(order, YES)
    return here.shop.order(order)


def wish(kind: AmendsKind = PART, amount: int = 4_000, **more: object) -> amends.Wish:
    said = {"kind": kind, "amount": amount, "reason": "yang masuk kurang 2 GB", "token": ids.new_token(), "seen": 0}
    return amends.Wish(**(said | more))  # type: ignore[arg-type]  # a form's fields


def give(here: Desk, order: Order, wanted: amends.Wish) -> Amends:
    return amends.give(here.shop.dealer, order.pk, wanted, actor=here.person(Role.OWNER))


def limit(shop: Shop, rupiah: int) -> None:
    shop.dealer.four_eyes_above = rupiah
    shop.dealer.save(update_fields=["four_eyes_above"])


def test_part_of_a_guests_sale_becomes_due_to_the_guest(here: Desk, sold: Order) -> None:
    done = booked(here.shop.dealer.pk, lambda: give(here, sold, wish()))
    assert done.changes == {"sales": -4_000, "refunds_due": 4_000}
    assert done.references == [f"{sold.code}:sale-refund:1"]
    with tenancy.inside(here.shop.dealer.pk):
        refund = Refund.objects.get()
        assert (refund.amount, refund.state, refund.is_goodwill) == (4_000, RefundState.DUE, False)
        assert Task.objects.filter(kind=TaskKind.REFUND, closed_at=None).count() == 1


def test_part_of_a_customers_sale_is_in_the_wallet_at_once(here: Desk) -> None:
    order = delivered(here, here.shop.buy())
    before = here.shop.balance()
    row = give(here, order, wish())
    assert here.shop.balance() == before + 4_000
    with tenancy.inside(here.shop.dealer.pk):
        assert Refund.objects.get(order=order, amount=row.amount).way == RefundWay.WALLET


def test_goodwill_is_the_dealers_own_money_and_leaves_the_sale(here: Desk, sold: Order) -> None:
    done = booked(here.shop.dealer.pk, lambda: give(here, sold, wish(GOODWILL, 2_000)))
    assert done.changes == {"goodwill": -2_000, "refunds_due": 2_000}


def test_goodwill_for_an_order_that_failed(here: Desk) -> None:
    order = here.paid_by_guest()
    here.sent(order, NO)
    give(here, order, wish(GOODWILL, 1_000))
    with tenancy.inside(here.shop.dealer.pk):
        assert ledger.balance(here.shop.dealer.pk, accounts.REFUNDS_DUE) == 12_000


def test_all_that_is_sold_can_go_back_and_not_a_rupiah_more(here: Desk, sold: Order) -> None:
    give(here, sold, wish(amount=4_000))
    with pytest.raises(amends.TooMuch) as refused:
        give(here, sold, wish(amount=7_001, seen=1))
    assert refused.value.most == 7_000
    give(here, sold, wish(amount=7_000, seen=1))
    with tenancy.inside(here.shop.dealer.pk):
        assert amends.most(here.shop.order(sold), PART) == 0


def test_gifts_together_are_never_more_than_the_order_cost(here: Desk, sold: Order) -> None:
    give(here, sold, wish(GOODWILL, 10_000))
    with pytest.raises(amends.TooMuch) as refused:
        give(here, sold, wish(GOODWILL, 1_001, seen=1))
    assert refused.value.most == 1_000


@pytest.mark.parametrize("kind", [PART, GOODWILL])
def test_an_unpaid_order_gets_nothing(here: Desk, kind: AmendsKind) -> None:
    with pytest.raises(amends.TooMuch):
        give(here, here.unpaid(), wish(kind))


@pytest.mark.parametrize("kind", [PART, GOODWILL])
def test_an_order_under_way_gets_nothing(here: Desk, kind: AmendsKind) -> None:
    order = here.paid_by_guest()
    here.sent(order)
    with pytest.raises(amends.TooMuch):
        give(here, order, wish(kind))


def test_a_failed_order_has_no_sale_to_give_back_of(here: Desk) -> None:
    order = here.paid_by_guest()
    here.sent(order, NO)
    with pytest.raises(amends.TooMuch) as refused:
        give(here, order, wish(PART, 1_000))
    assert refused.value.most == 0


def test_the_same_form_twice_books_once(here: Desk, sold: Order) -> None:
    form = wish()
    first = give(here, sold, form)
    assert booked(here.shop.dealer.pk, lambda: give(here, sold, form)).changes == {}
    with tenancy.inside(here.shop.dealer.pk):
        assert Amends.objects.get() == first


def test_the_same_form_with_another_sum_is_refused(here: Desk, sold: Order) -> None:
    form = wish()
    give(here, sold, form)
    with pytest.raises(amends.OtherContent):
        give(here, sold, wish(amount=1_000, token=form.token))


def test_who_saw_the_order_before_something_was_given_looks_again(here: Desk, sold: Order) -> None:
    give(here, sold, wish(GOODWILL, 1_000))
    with pytest.raises(amends.MovedOn):
        give(here, sold, wish())


def test_above_the_limit_nothing_is_booked_until_a_second_person_agrees(here: Desk, sold: Order) -> None:
    limit(here.shop, 3_999)
    proposed = []
    assert booked(here.shop.dealer.pk, lambda: proposed.append(give(here, sold, wish()))).changes == {}
    second = factories.member(here.shop.dealer)
    with tenancy.inside(here.shop.dealer.pk):
        assert Task.objects.filter(kind=TaskKind.AMENDS, subject=sold.code, closed_at=None).exists()
    with pytest.raises(amends.SecondPersonNeeded):
        amends.approve(here.shop.dealer, proposed[0].pk, actor=proposed[0].proposed_by)
    done = booked(here.shop.dealer.pk, lambda: amends.approve(here.shop.dealer, proposed[0].pk, actor=second))
    assert done.changes == {"sales": -4_000, "refunds_due": 4_000}
    with tenancy.inside(here.shop.dealer.pk):
        assert not Task.objects.filter(kind=TaskKind.AMENDS, closed_at=None).exists()
    with pytest.raises(amends.NotOpen):
        amends.approve(here.shop.dealer, proposed[0].pk, actor=second)


def test_the_limit_counts_all_that_an_order_was_given(here: Desk, sold: Order) -> None:
    limit(here.shop, 5_000)
    assert not give(here, sold, wish(amount=3_000)).is_open
    assert give(here, sold, wish(GOODWILL, 2_001, seen=1)).is_open


def test_while_one_proposal_waits_there_is_no_second(here: Desk, sold: Order) -> None:
    limit(here.shop, 0)
    give(here, sold, wish())
    with pytest.raises(amends.MovedOn):
        give(here, sold, wish(seen=1))


def test_a_dropped_proposal_gives_nothing_and_another_may_follow(here: Desk, sold: Order) -> None:
    limit(here.shop, 0)
    row = give(here, sold, wish())
    staff = here.person(Role.OWNER)
    assert booked(here.shop.dealer.pk, lambda: amends.drop(here.shop.dealer, row.pk, actor=staff)).changes == {}
    with pytest.raises(amends.NotOpen):
        amends.approve(here.shop.dealer, row.pk, actor=factories.member(here.shop.dealer))
    assert give(here, sold, wish(seen=1)).is_open


def test_who_gave_what_stands_in_the_history(here: Desk, sold: Order) -> None:
    give(here, sold, wish())
    with tenancy.inside(here.shop.dealer.pk):
        event = OrderEvent.objects.get(order=sold, kind="amends")
        assert (event.new, event.note, event.actor) == ("part", "4000", here.person(Role.OWNER))


def test_the_reason_stays_with_the_money_when_a_transfer_comes_back(here: Desk, sold: Order) -> None:
    row = give(here, sold, wish())
    staff = Payer(user=here.person(Role.OWNER), may_approve=True)
    with tenancy.inside(here.shop.dealer.pk):
        refund = Refund.objects.get(order=sold, amount=row.amount)
        refund_ways.seal(refund, refund_ways.Destination("BCA", "1234567890", "Budi"))
        refund.way = RefundWay.BANK
        refund.save(update_fields=["way", "destination"])
    payouts.begin(here.shop.dealer, refund.pk, way=RefundWay.BANK, payer=staff)
    payouts.finish(here.shop.dealer, refund.pk, payer=staff, reference="TRX-1")
    payouts.bounce(here.shop.dealer, refund.pk, payer=staff)
    with tenancy.inside(here.shop.dealer.pk):
        rows = list(Refund.objects.filter(order=sold).select_related("order").order_by("number"))
        shown = refund_view.of_order(rows, here.shop.dealer)
    assert [each.said for each in shown] == ["yang masuk kurang 2 GB"] * 2
