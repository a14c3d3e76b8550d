"""Money in the bank that staff enter: booked once, proposed by likelihood, confirmed, assigned or sent back."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from dealers.models import User
from portal.lib import tenancy
from tests import factories
from tests.factories import Shop
from tests.transactions.bank_rig import enter, entered, fits, line
from tests.transactions.paying_rig import PRICE, audited, balance, open_code, ordered, refunds_of, till
from transactions import accounts, bank_lines, orders, paying, payments
from transactions.bank_lines import AlreadyDecided, Fit, UnknownOrder
from transactions.models import BankLine, Order, Status, Task, TaskKind

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Iterator[Shop]:
    with audited():
        yield till()


@pytest.fixture
def staff(shop: Shop) -> User:
    return factories.member(shop.dealer)


@pytest.fixture
def order(shop: Shop) -> Order:
    return ordered(shop, "transfer")


def tasks(shop: Shop) -> int:
    with tenancy.inside(shop.dealer.pk):
        return Task.objects.filter(kind=TaskKind.MONEY, closed_at=None).count()


def test_a_line_lies_in_suspense_with_a_task_until_somebody_decides(shop: Shop, staff: User) -> None:
    entered(shop, staff, 77_777)
    assert balance(shop, accounts.suspense("main")) == 77_777
    assert tasks(shop) == 1


def test_the_same_reference_twice_is_one_line(shop: Shop, staff: User) -> None:
    entered(shop, staff, 77_777)
    found = enter(shop, staff, 99_999)
    assert (found.new, found.known) == (0, 1)
    assert balance(shop, accounts.suspense("main")) == 77_777


def test_the_exact_amount_is_proposed_first_and_confirmed(shop: Shop, staff: User, order: Order) -> None:
    ordered(shop, "transfer")
    code = open_code(shop, order)
    found = entered(shop, staff, code.amount)
    assert fits(shop, found)[0] == (order.code, Fit.EXACT)
    bank_lines.confirm(shop.dealer, found.pk, payment_id=code.pk, actor=staff)
    assert shop.order(order).status == Status.PAID
    assert balance(shop, accounts.suspense("main")) == 0
    assert tasks(shop) == 0
    assert line(shop).decided_by == staff


def test_everything_exact_is_confirmed_at_once_and_nothing_else(shop: Shop, staff: User, order: Order) -> None:
    other = ordered(shop, "transfer")
    entered(shop, staff, open_code(shop, order).amount, reference="A")
    entered(shop, staff, PRICE, reference="B")
    assert bank_lines.confirm_exact(shop.dealer, actor=staff) == 1
    assert [shop.order(each).status for each in (order, other)] == [Status.PAID, Status.AWAITING_PAYMENT]
    assert line(shop, "B").state == "open"


def test_the_full_price_is_proposed(shop: Shop, staff: User, order: Order) -> None:
    assert fits(shop, entered(shop, staff, PRICE)) == [(order.code, Fit.FULL_PRICE)]


def test_rounded_up_to_the_thousand_is_proposed_and_the_rest_is_due_back(shop: Shop, staff: User, order: Order) -> None:
    with tenancy.inside(shop.dealer.pk):
        product = factories.product(shop.dealer, shop.supplier, sku="TSEL12", price=12_400, cost=12_000)
    dear = factories.place(shop.dealer, product, gateway="transfer")
    with tenancy.inside(shop.dealer.pk):
        code = payments.start(dear)
    found = entered(shop, staff, 13_000)
    assert (dear.code, Fit.ROUNDED) in fits(shop, found)
    bank_lines.confirm(shop.dealer, found.pk, payment_id=code.pk, actor=staff)
    assert refunds_of(shop, dear) == [(600, "due")]


@pytest.mark.parametrize("side", [1, -1], ids=["above", "below"])
def test_wrong_last_digits_are_proposed_the_nearest_first(shop: Shop, staff: User, order: Order, side: int) -> None:
    codes = [open_code(shop, each) for each in (order, ordered(shop, "transfer"))]
    near, far = sorted(codes, key=lambda code: code.amount * -side)
    found = entered(shop, staff, near.amount + side * 3)
    assert [code for code, _fit in fits(shop, found)] == [near.order.code, far.order.code]


def test_what_is_missing_is_forgiven_or_asked_for(shop: Shop, staff: User, order: Order) -> None:
    other = ordered(shop, "transfer")
    first, second = open_code(shop, order), open_code(shop, other)
    forgiven = entered(shop, staff, first.amount - 7, reference="A")
    asked = entered(shop, staff, second.amount - 500, reference="B")
    bank_lines.confirm(shop.dealer, forgiven.pk, payment_id=first.pk, actor=staff, forgives=True)
    bank_lines.confirm(shop.dealer, asked.pk, payment_id=second.pk, actor=staff)
    assert [shop.order(each).status for each in (order, other)] == [Status.PAID, Status.AWAITING_PAYMENT]
    assert balance(shop, accounts.PROMO) == -(first.discount + 7)
    rest = open_code(shop, other)
    assert rest.amount + rest.discount == second.discount + 500


def test_more_than_999_rupiah_are_never_forgiven(shop: Shop, staff: User, order: Order) -> None:
    code = open_code(shop, order)
    found = entered(shop, staff, code.amount - 1_000)
    bank_lines.confirm(shop.dealer, found.pk, payment_id=code.pk, actor=staff, forgives=True)
    assert shop.order(order).status == Status.AWAITING_PAYMENT
    assert balance(shop, accounts.PROMO) == 0


def test_a_code_that_was_replaced_still_speaks_for_its_order(shop: Shop, staff: User, order: Order) -> None:
    code = open_code(shop, order)
    paying.change(shop.dealer, order.pk, gateway="qris", offered={"qris"})
    found = entered(shop, staff, code.amount)
    assert fits(shop, found) == [(order.code, Fit.LATE)]
    bank_lines.confirm(shop.dealer, found.pk, payment_id=code.pk, actor=staff)
    assert shop.order(order).status == Status.PAID


def test_money_for_an_order_that_was_given_up_goes_back(shop: Shop, staff: User, order: Order) -> None:
    code = open_code(shop, order)
    orders.cancel(shop.dealer, order.pk)
    found = entered(shop, staff, code.amount)
    assert fits(shop, found) == [(order.code, Fit.OVER)]
    bank_lines.confirm(shop.dealer, found.pk, payment_id=code.pk, actor=staff)
    assert refunds_of(shop, order) == [(code.amount, "due")]


def test_the_orders_code_in_the_note_beats_every_amount(shop: Shop, staff: User, order: Order) -> None:
    other = ordered(shop, "transfer")
    spoken = f"{order.code[:5]} {order.code[5:]}".lower()
    found = entered(shop, staff, open_code(shop, other).amount, note=f"pulsa {spoken}")
    assert fits(shop, found)[0] == (order.code, Fit.NAMED)


def test_old_codes_are_not_proposed(shop: Shop, staff: User, order: Order) -> None:
    amount = open_code(shop, order).amount
    enter(shop, staff, amount, day=timezone.localdate() - timedelta(days=20))
    assert fits(shop, line(shop)) == []


def test_what_fits_nothing_is_assigned_by_an_orders_code(shop: Shop, staff: User) -> None:
    order = ordered(shop, "qris")
    found = entered(shop, staff, 20_000)
    assert fits(shop, found) == []
    bank_lines.assign(shop.dealer, found.pk, code=order.code, actor=staff)
    assert shop.order(order).status == Status.PAID
    assert refunds_of(shop, order) == [(9_000, "due")]


def test_a_code_of_nobody_is_refused(shop: Shop, staff: User) -> None:
    found = entered(shop, staff, 20_000)
    with pytest.raises(UnknownOrder):
        bank_lines.assign(shop.dealer, found.pk, code="0000000000X", actor=staff)
    elsewhere = ordered(till(), "transfer")
    with pytest.raises(UnknownOrder):
        bank_lines.assign(shop.dealer, found.pk, code=elsewhere.code, actor=staff)
    assert line(shop).state == "open"


def test_what_is_nobodys_is_sent_back_once(shop: Shop, staff: User) -> None:
    found = entered(shop, staff, 77_777)
    before = balance(shop, accounts.bank("main"))
    bank_lines.send_back(shop.dealer, found.pk, reference="BALIK-1", actor=staff)
    assert balance(shop, accounts.bank("main")) == before + 77_777
    assert balance(shop, accounts.suspense("main")) == 0
    assert tasks(shop) == 0
    with pytest.raises(AlreadyDecided):
        bank_lines.send_back(shop.dealer, found.pk, reference="BALIK-2", actor=staff)


def test_a_line_is_decided_once(shop: Shop, staff: User, order: Order) -> None:
    code = open_code(shop, order)
    found = entered(shop, staff, code.amount)
    bank_lines.confirm(shop.dealer, found.pk, payment_id=code.pk, actor=staff)
    with pytest.raises(AlreadyDecided):
        bank_lines.confirm(shop.dealer, found.pk, payment_id=code.pk, actor=staff)
    with pytest.raises(AlreadyDecided):
        bank_lines.send_back(shop.dealer, found.pk, reference="BALIK-1", actor=staff)
    assert refunds_of(shop, order) == []


def test_two_accounts_keep_their_references_apart(shop: Shop, staff: User) -> None:
    second = factories.bank_account(shop.dealer, "9990001112")
    entered(shop, staff, 10_000, reference="SAMA")
    row = bank_lines.Row(day=timezone.localdate(), amount=20_000, note="", reference="SAMA")
    assert bank_lines.enter(shop.dealer, second, [row], actor=staff).new == 1
    assert (balance(shop, accounts.suspense("main")), balance(shop, accounts.suspense("rek-2"))) == (10_000, 20_000)
    with tenancy.inside(shop.dealer.pk):
        assert BankLine.objects.count() == 2
