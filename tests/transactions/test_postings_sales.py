"""How a held price ends, and what may follow: sale, refund, goodwill, late deliveries, reversals."""

import pytest

from portal.lib import tenancy
from tests import factories
from tests.factories import Shop
from tests.transactions.postings_rig import Booked, attempt, booked, captured, held, once, refund, released
from transactions import accounts, ledger, postings, postings_business
from transactions.models import Order

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    """Two suppliers."""
    return factories.shop(suppliers=2)


def test_a_delivery_is_a_sale_and_its_cost_is_owed_to_the_supplier(shop: Shop) -> None:
    order = held(shop)
    asked = attempt(order, shop.supplier)
    done = once(shop.dealer.pk, lambda: postings.capture(order, asked))
    assert done.changes == {"held": -11_000, "sales": 11_000, "cost": -10_200, "supplier:konter-a": 10_200}
    assert done.references == [f"{order.code}:capture", f"{order.code}:cost"]


def test_a_gift_of_the_supplier_books_no_cost(shop: Shop) -> None:
    order = held(shop)
    asked = attempt(order, shop.supplier, cost=0)
    assert booked(shop.dealer.pk, lambda: postings.capture(order, asked)).changes == {"held": -11_000, "sales": 11_000}


def test_what_was_never_paid_cannot_be_captured(shop: Shop) -> None:
    order = shop.buy(gateway="sandbox")
    with tenancy.inside(shop.dealer.pk), pytest.raises(ledger.NoHold):
        postings.release(order)


def test_a_fee_is_taken_out_of_the_sale(shop: Shop) -> None:
    order = captured(shop, held(shop))
    fee = once(shop.dealer.pk, lambda: postings_business.charge_fee(order, fee=500))
    assert fee.changes == {"sales": -500, "fee_income": 500}


def test_a_guest_is_owed_what_was_not_delivered_until_it_is_handed_out(shop: Shop) -> None:
    order = held(shop)
    gone = once(shop.dealer.pk, lambda: postings.release(order))
    assert gone.changes == {"held": -11_000, "refunds_due": 11_000}
    due = refund(order, 11_000)
    paid = once(shop.dealer.pk, lambda: postings.pay_refund(due, to=accounts.cash("counter")))
    assert paid.changes == {"refunds_due": -11_000, "cash:counter": 11_000}
    assert paid.references == [f"{order.code}:refund:1"]


def test_a_refund_can_be_claimed_into_a_wallet(shop: Shop) -> None:
    due = refund(released(held(shop)), 11_000)
    to = accounts.customer_wallet(shop.customer.pk)
    claimed = once(shop.dealer.pk, lambda: postings.pay_refund(due, to=to))
    assert claimed.changes == {"refunds_due": -11_000, f"wallet:customer:{shop.customer.pk}": 11_000}


def test_a_refund_that_the_bank_returns_is_owed_again_and_paid_as_a_new_one(shop: Shop) -> None:
    order = released(held(shop))
    due, bank = refund(order, 11_000), accounts.bank("main")
    sent = booked(shop.dealer.pk, lambda: postings.pay_refund(due, to=bank))
    bounced = once(shop.dealer.pk, lambda: postings.refund_bounced(due, frm=bank))
    assert bounced.changes == {name: -change for name, change in sent.changes.items()}
    assert bounced.references == [f"{order.code}:refund:1:returned"]
    again = refund(order, 11_000, number=2)
    assert once(shop.dealer.pk, lambda: postings.pay_refund(again, to=bank)).changes == sent.changes


def test_a_part_of_a_sale_is_paid_back_and_never_more_than_the_whole(shop: Shop) -> None:
    order = captured(shop, held(shop))
    part = refund(order, 4_000)
    back = once(shop.dealer.pk, lambda: postings.refund_sale(part))
    assert back.changes == {"sales": -4_000, "refunds_due": 4_000}
    too_much = refund(order, 7_001, number=2)
    with tenancy.inside(shop.dealer.pk), pytest.raises(postings.NothingToBook):
        postings.refund_sale(too_much)
    rest = refund(order, 7_000, number=3)
    assert once(shop.dealer.pk, lambda: postings.refund_sale(rest)).changes == {"sales": -7_000, "refunds_due": 7_000}


def test_goodwill_is_the_dealers_expense(shop: Shop) -> None:
    order = shop.buy()
    given = once(shop.dealer.pk, lambda: postings.goodwill(order, amount=1_000, number=1))
    assert given.changes == {"goodwill": -1_000, f"wallet:customer:{shop.customer.pk}": 1_000}


def test_a_late_success_is_a_sale_while_the_refund_is_due(shop: Shop) -> None:
    order = released(held(shop))
    late = booked(shop.dealer.pk, lambda: postings.recapture(order, shop.supplier, cost=10_200))
    assert late == Booked(
        {"refunds_due": -11_000, "sales": 11_000, "cost": -10_200, "supplier:konter-a": 10_200},
        [f"{order.code}:recapture", f"{order.code}:cost"],
    )


def test_what_is_a_sale_is_not_recaptured(shop: Shop) -> None:
    order = captured(shop, held(shop))
    with tenancy.inside(shop.dealer.pk), pytest.raises(postings.NothingToBook):
        postings.recapture(order, shop.supplier, cost=10_200)


def test_a_late_success_after_the_refund_is_a_loss_per_supplier(shop: Shop) -> None:
    order = released(held(shop))
    first = once(shop.dealer.pk, lambda: postings.late_loss(order, shop.supplier, cost=10_200))
    assert first.changes == {"late_loss": -10_200, "supplier:konter-a": 10_200}
    second = once(shop.dealer.pk, lambda: postings.late_loss(order, shop.more[0], cost=10_200))
    assert second.changes == {"late_loss": -10_200, "supplier:konter-b": 10_200}
    assert second.references != first.references


def test_a_late_success_that_cost_nothing_books_nothing(shop: Shop) -> None:
    order = released(held(shop))
    assert booked(shop.dealer.pk, lambda: postings.late_loss(order, shop.supplier, cost=0)) == Booked({}, [])


def test_what_a_supplier_was_booked_for_is_not_booked_as_a_loss_too(shop: Shop) -> None:
    order = captured(shop, held(shop))
    with tenancy.inside(shop.dealer.pk), pytest.raises(postings.NothingToBook):
        postings.late_loss(order, shop.supplier, cost=10_200)


def test_a_reversal_gives_the_cost_back_and_owes_the_price(shop: Shop) -> None:
    order = captured(shop, held(shop))
    back = booked(shop.dealer.pk, lambda: postings.reverse_sale(order))
    assert back == Booked(
        {"supplier:konter-a": -10_200, "cost": 10_200, "sales": -11_000, "refunds_due": 11_000},
        [f"{order.code}:cost-returned", f"{order.code}:reversal"],
    )
    with tenancy.inside(shop.dealer.pk), pytest.raises(postings.NothingToBook):
        postings.reverse_sale(order)


def test_a_reversal_after_a_partial_refund_owes_the_rest(shop: Shop) -> None:
    order = captured(shop, held(shop))
    part = refund(order, 4_000)

    def reverse() -> None:
        postings.refund_sale(part)
        assert postings.reverse_sale(order) == 7_000

    assert booked(shop.dealer.pk, reverse).changes["refunds_due"] == 11_000


def test_a_sale_reversed_and_delivered_after_all_costs_again(shop: Shop) -> None:
    order = captured(shop, held(shop))
    booked(shop.dealer.pk, lambda: postings.reverse_sale(order))
    again = booked(shop.dealer.pk, lambda: postings.recapture(order, shop.supplier, cost=10_300))
    assert again.changes == {"refunds_due": -11_000, "sales": 11_000, "cost": -10_300, "supplier:konter-a": 10_300}
    assert again.references == [f"{order.code}:recapture", f"{order.code}:cost:2"]


def test_a_loss_that_the_supplier_returns_is_taken_back_and_the_sale_stays(shop: Shop) -> None:
    order = captured(shop, held(shop))
    booked(shop.dealer.pk, lambda: postings.late_loss(order, shop.more[0], cost=10_201))
    returned = booked(shop.dealer.pk, lambda: postings.give_cost_back(order, shop.more[0]))
    assert returned.changes == {"supplier:konter-b": -10_201, "late_loss": 10_201}
    assert booked(shop.dealer.pk, lambda: postings.give_cost_back(order, shop.more[0])) == Booked({}, [])
    assert _sold(order) == 11_000


def _sold(order: Order) -> int:
    with tenancy.inside(order.dealer_id):
        return postings.sold(order)
