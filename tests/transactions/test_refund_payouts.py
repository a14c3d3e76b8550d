"""The desk pays a guest: begun before the money leaves, proven after, by two people where it is much."""

import pytest
from django.db import DatabaseError, transaction

from dealers.models import Role
from portal.lib import tenancy
from tests import factories
from tests.transactions import refund_rig
from tests.transactions.desk_rig import NO, YES, Desk, desk
from tests.transactions.refund_rig import BCA, cashier, owner
from transactions import audit, payouts, refund_choices, refund_ways, refunds, states
from transactions.models import Order, Refund, RefundState, RefundWay, Task, TaskKind, Transfer
from transactions.payouts import NotChosen, OtherWay, ProofUsed, SecondPersonNeeded, WrongCode
from transactions.refund_choices import AlreadyBegun, Choice
from transactions.refunds import NotDue

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Desk:
    return desk()


@pytest.fixture
def due(here: Desk) -> Refund:
    here.sent(here.paid_by_guest(), NO)
    return now(here)


def now(here: Desk) -> Refund:
    with tenancy.inside(here.shop.dealer.pk):
        return Refund.objects.select_related("order").latest("pk")


def to_bank(here: Desk, due: Refund) -> None:
    refund_choices.choose(here.shop.dealer, due.pk, Choice(way=RefundWay.BANK, destination=BCA))


def out(here: Desk) -> list[tuple[str, str, int]]:
    with tenancy.inside(here.shop.dealer.pk):
        rows = Transfer.objects.filter(frm_kind="refunds_due").order_by("id")
        return list(rows.values_list("to_kind", "to__key", "amount"))


def clean(here: Desk) -> bool:
    with tenancy.inside(here.shop.dealer.pk):
        return not [v for v in audit.violations("default") if v.dealer_id == here.shop.dealer.pk]


def test_a_transfer_is_begun_and_then_proven(here: Desk, due: Refund) -> None:
    to_bank(here, due)
    agent = cashier(here.person(Role.CASHIER))
    payouts.begin(here.shop.dealer, due.pk, way=RefundWay.BANK, payer=agent)
    assert (now(here).state, out(here)) == (RefundState.SENT, [])
    assert clean(here)
    payouts.finish(here.shop.dealer, due.pk, payer=agent, reference="TRX-1")
    assert (now(here).state, now(here).reference, now(here).paid_by) == (RefundState.DONE, "TRX-1", agent.user)
    assert out(here) == [("bank", "main", due.amount)]
    assert clean(here)


def test_who_comes_second_cannot_begin(here: Desk, due: Refund) -> None:
    to_bank(here, due)
    payouts.begin(here.shop.dealer, due.pk, way=RefundWay.BANK, payer=cashier(factories.user()))
    with pytest.raises(NotDue):
        payouts.begin(here.shop.dealer, due.pk, way=RefundWay.BANK, payer=owner(factories.user()))


def test_nobody_pays_what_nobody_has_begun(here: Desk, due: Refund) -> None:
    to_bank(here, due)
    with pytest.raises(NotDue):
        payouts.finish(here.shop.dealer, due.pk, payer=owner(factories.user()), reference="TRX-1")


def test_a_bank_line_pays_one_refund(here: Desk, due: Refund) -> None:
    here.sent(here.paid_by_guest(), NO)
    agent = owner(here.person(Role.OWNER))
    for refund in (due, now(here)):
        to_bank(here, refund)
        payouts.begin(here.shop.dealer, refund.pk, way=RefundWay.BANK, payer=agent)
    payouts.finish(here.shop.dealer, due.pk, payer=agent, reference="TRX-1")
    with pytest.raises(ProofUsed):
        payouts.finish(here.shop.dealer, now(here).pk, payer=agent, reference="TRX-1")
    assert now(here).state == RefundState.SENT
    assert len(out(here)) == 1
    assert clean(here)


def test_a_transfer_without_a_proof_is_not_finished(here: Desk, due: Refund) -> None:
    to_bank(here, due)
    agent = owner(factories.user())
    payouts.begin(here.shop.dealer, due.pk, way=RefundWay.BANK, payer=agent)
    with pytest.raises(NotChosen):
        payouts.finish(here.shop.dealer, due.pk, payer=agent)


def test_without_an_account_no_transfer_is_begun(here: Desk, due: Refund) -> None:
    with pytest.raises(NotChosen):
        payouts.begin(here.shop.dealer, due.pk, way=RefundWay.BANK, payer=owner(factories.user()))


def test_the_desk_does_not_choose_against_the_guest(here: Desk, due: Refund) -> None:
    to_bank(here, due)
    with pytest.raises(OtherWay):
        payouts.begin(here.shop.dealer, due.pk, way=RefundWay.CASH, payer=owner(factories.user()))


def test_cash_is_paid_against_the_code(here: Desk, due: Refund) -> None:
    refund_choices.choose(here.shop.dealer, due.pk, Choice(way=RefundWay.CASH))
    agent = cashier(here.person(Role.CASHIER))
    with pytest.raises(WrongCode):
        payouts.begin(here.shop.dealer, due.pk, way=RefundWay.CASH, payer=agent, code="AAAA-AAAA")
    assert out(here) == []
    code = refund_ways.counter_code(due)
    payouts.begin(here.shop.dealer, due.pk, way=RefundWay.CASH, payer=agent, code=code)
    assert (now(here).state, out(here)) == (RefundState.DONE, [("cash", "counter", due.amount)])


def test_without_the_code_a_cashier_only_proposes(here: Desk, due: Refund) -> None:
    agent = cashier(here.person(Role.CASHIER))
    payouts.begin(here.shop.dealer, due.pk, way=RefundWay.CASH, payer=agent)
    assert (now(here).state, now(here).proposed_by) == (RefundState.DUE, agent.user)
    assert out(here) == []
    payouts.approve(here.shop.dealer, due.pk, payer=owner(here.person(Role.MANAGER)))
    payouts.finish(here.shop.dealer, due.pk, payer=agent)
    assert out(here) == [("cash", "counter", due.amount)]
    assert clean(here)


def test_an_account_that_staff_wrote_down_needs_a_second_person(here: Desk, due: Refund) -> None:
    agent = here.person(Role.CASHIER)
    refund_choices.choose(here.shop.dealer, due.pk, Choice(way=RefundWay.BANK, destination=BCA), staff=agent)
    payouts.begin(here.shop.dealer, due.pk, way=RefundWay.BANK, payer=cashier(agent))
    assert now(here).proposed_by == agent


def test_who_bought_over_the_counter_has_no_code_and_needs_none(here: Desk, due: Refund) -> None:
    with tenancy.inside(here.shop.dealer.pk):
        Order.objects.update(cashier=here.person(Role.CASHIER))
    payouts.begin(here.shop.dealer, due.pk, way=RefundWay.CASH, payer=cashier(here.person(Role.CASHIER)))
    assert now(here).state == RefundState.DONE


@pytest.fixture
def much(here: Desk, due: Refund) -> Refund:
    """A refund above the dealer's limit, to a bank account."""
    here.shop.dealer.four_eyes_above = due.amount - 1
    here.shop.dealer.save(update_fields=["four_eyes_above"])
    to_bank(here, due)
    payouts.begin(here.shop.dealer, due.pk, way=RefundWay.BANK, payer=owner(here.person(Role.OWNER)))
    return due


def test_above_the_limit_a_second_person_agrees_first(here: Desk, much: Refund) -> None:
    first, second = owner(here.person(Role.OWNER)), owner(here.person(Role.MANAGER))
    assert now(here).state == RefundState.DUE
    with pytest.raises(NotDue):
        payouts.finish(here.shop.dealer, much.pk, payer=first, reference="TRX-1")
    payouts.approve(here.shop.dealer, much.pk, payer=second)
    payouts.finish(here.shop.dealer, much.pk, payer=first, reference="TRX-1")
    assert (now(here).proposed_by, now(here).approved_by) == (first.user, second.user)


def test_nobody_agrees_with_oneself(here: Desk, much: Refund) -> None:
    with pytest.raises(SecondPersonNeeded):
        payouts.approve(here.shop.dealer, much.pk, payer=owner(here.person(Role.OWNER)))
    with pytest.raises(SecondPersonNeeded):
        payouts.approve(here.shop.dealer, much.pk, payer=cashier(here.person(Role.CASHIER)))


def test_the_database_lets_nobody_agree_with_oneself(here: Desk, much: Refund) -> None:
    with (
        pytest.raises(DatabaseError, match="the_second_person_is_another"),
        tenancy.inside(here.shop.dealer.pk),
        transaction.atomic(),
    ):
        Refund.objects.filter(pk=much.pk).update(approved_by=here.person(Role.OWNER))


def test_what_is_proposed_the_guest_cannot_change(here: Desk, much: Refund) -> None:
    with pytest.raises(AlreadyBegun):
        refund_choices.choose(here.shop.dealer, much.pk, Choice(way=RefundWay.CASH))


def test_who_gives_up_lets_the_guest_choose_anew(here: Desk, much: Refund) -> None:
    payouts.give_up(here.shop.dealer, much.pk, payer=owner(here.person(Role.OWNER)))
    refund_choices.choose(here.shop.dealer, much.pk, Choice(way=RefundWay.CASH))
    assert (now(here).way, now(here).proposed_by) == (RefundWay.CASH, None)
    with pytest.raises(NotDue):
        payouts.approve(here.shop.dealer, much.pk, payer=owner(here.person(Role.MANAGER)))


def test_a_transfer_that_came_back_is_owed_anew(here: Desk, due: Refund) -> None:
    to_bank(here, due)
    agent = owner(here.person(Role.OWNER))
    payouts.begin(here.shop.dealer, due.pk, way=RefundWay.BANK, payer=agent)
    payouts.finish(here.shop.dealer, due.pk, payer=agent, reference="TRX-1")
    anew = payouts.bounce(here.shop.dealer, due.pk, payer=agent)
    with tenancy.inside(here.shop.dealer.pk):
        old = Refund.objects.get(pk=due.pk)
        (task,) = Task.objects.filter(kind=TaskKind.REFUND, closed_at=None)
    assert (old.state, old.reference) == (RefundState.RETURNED, "TRX-1")
    assert (anew.state, anew.amount, anew.follows_id) == (RefundState.DUE, due.amount, due.pk)
    assert task.subject == f"{due.order.code}:2"
    assert clean(here)
    to_bank(here, anew)
    payouts.begin(here.shop.dealer, anew.pk, way=RefundWay.BANK, payer=agent)
    payouts.finish(here.shop.dealer, anew.pk, payer=agent, reference="TRX-2")
    assert len(out(here)) == 2
    assert clean(here)


def test_cash_does_not_come_back(here: Desk, due: Refund) -> None:
    agent = here.person(Role.OWNER)
    refund_rig.handed_out(here.shop.dealer, due, agent)
    with pytest.raises(NotDue):
        payouts.bounce(here.shop.dealer, due.pk, payer=owner(agent))


def test_another_dealers_refund_is_not_there(here: Desk, due: Refund) -> None:
    other = factories.dealer()
    with pytest.raises(NotDue):
        payouts.begin(other, due.pk, way=RefundWay.CASH, payer=owner(factories.user()))


@pytest.mark.parametrize(
    "change", [{"amount": 1}, {"number": 9}, {"is_goodwill": True}], ids=["amount", "number", "goodwill"]
)
def test_the_database_never_changes_what_is_refunded(here: Desk, due: Refund, change: dict[str, object]) -> None:
    with (
        pytest.raises(DatabaseError, match="never changed"),
        tenancy.inside(here.shop.dealer.pk),
        transaction.atomic(),
    ):
        Refund.objects.filter(pk=due.pk).update(**change)


def test_the_database_keeps_the_way_once_it_is_begun(here: Desk, due: Refund) -> None:
    to_bank(here, due)
    payouts.begin(here.shop.dealer, due.pk, way=RefundWay.BANK, payer=owner(factories.user()))
    with (
        pytest.raises(DatabaseError, match="once somebody pays it"),
        tenancy.inside(here.shop.dealer.pk),
        transaction.atomic(),
    ):
        Refund.objects.filter(pk=due.pk).update(way=RefundWay.CASH)


def test_what_is_done_is_not_due_again(here: Desk, due: Refund) -> None:
    refund_rig.handed_out(here.shop.dealer, due, here.person(Role.OWNER))
    with (
        pytest.raises(DatabaseError, match="cannot go from done to due"),
        tenancy.inside(here.shop.dealer.pk),
        transaction.atomic(),
    ):
        Refund.objects.filter(pk=due.pk).update(state=RefundState.DUE)


def test_part_of_a_guests_sale_is_a_refund_like_any_other(here: Desk) -> None:
    order = here.paid_by_guest()
    here.sent(order, YES)
    with tenancy.inside(here.shop.dealer.pk):
        given = refunds.give_part_back(states.lock(here.shop.dealer.pk, order.pk), amount=4_000)
    assert given is not None
    assert (now(here).amount, now(here).state) == (4_000, RefundState.DUE)
    assert clean(here)
    refund_rig.handed_out(here.shop.dealer, now(here), here.person(Role.OWNER))
    assert out(here) == [("cash", "counter", 4_000)]
    assert clean(here)
