"""Money that comes in for an order: exact, short, over, twice, too late, from nobody known."""

import pytest

from portal.lib import roundtrip
from tests import factories
from tests.factories import Shop
from tests.transactions.postings_rig import booked, guest, held, once, received
from transactions import accounts, ledger, postings, postings_business
from transactions.models import Order

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    """A customer with a million in the wallet."""
    return factories.shop()


def hold(order: Order) -> None:
    """Send the one statement that holds an order's price."""
    roundtrip.send(postings.held(order))


def test_a_guests_payment_is_received_and_then_held(shop: Shop) -> None:
    order = guest(shop)
    source = accounts.clearing("qris")
    came = once(
        shop.dealer.pk,
        lambda: postings.receive(shop.dealer.pk, source=source, tx="A1", amount=11_000, order_id=order.pk),
    )
    assert came.changes == {"clearing:qris": -11_000, "unapplied": 11_000}
    assert came.references == ["pay:qris:A1"]
    kept = once(shop.dealer.pk, lambda: hold(order))
    assert kept.changes == {"unapplied": -11_000, "held": 11_000}
    assert kept.references == [f"{order.code}:hold"]


def test_the_same_gateway_transaction_with_another_amount_is_refused(shop: Shop) -> None:
    order = guest(shop)
    received(order, 11_000)
    with pytest.raises(ledger.ReferenceReused):
        received(order, 12_000)


def test_the_same_gateway_transaction_for_another_order_is_refused(shop: Shop) -> None:
    first, second = guest(shop), guest(shop)
    source = accounts.clearing("qris")

    def receive(order_id: int) -> None:
        postings.receive(shop.dealer.pk, source=source, tx="A1", amount=11_000, order_id=order_id)

    booked(shop.dealer.pk, lambda: receive(first.pk))
    with pytest.raises(ledger.ReferenceReused):
        booked(shop.dealer.pk, lambda: receive(second.pk))


def test_a_purchase_from_a_wallet_holds_and_a_failure_gives_it_back(shop: Shop) -> None:
    order = shop.buy()
    wallet = f"wallet:customer:{shop.customer.pk}"
    gone = once(shop.dealer.pk, lambda: postings.release(order))
    assert gone.changes == {"held": -11_000, wallet: 11_000}
    assert gone.references == [f"{order.code}:release"]


def test_what_is_over_goes_to_the_guests_refund(shop: Shop) -> None:
    order = guest(shop)
    received(order, 15_000)

    def both() -> None:
        hold(order)
        postings.put_back(order, amount=4_000, number=1)

    rest = booked(shop.dealer.pk, both)
    assert rest.changes == {"unapplied": -15_000, "held": 11_000, "refunds_due": 4_000}
    assert rest.references == [f"{order.code}:hold", f"{order.code}:rest:1"]


def test_what_is_over_goes_to_the_wallet_of_a_customer(shop: Shop) -> None:
    order = shop.buy(gateway="sandbox")
    received(order, 15_000)
    rest = once(shop.dealer.pk, lambda: postings.put_back(order, amount=4_000, number=1))
    assert rest.changes == {"unapplied": -4_000, f"wallet:customer:{shop.customer.pk}": 4_000}


def test_a_short_payment_waits_unapplied_until_the_rest_comes(shop: Shop) -> None:
    order = guest(shop)
    received(order, 6_000, tx="1")
    received(order, 5_000, tx="2")
    assert once(shop.dealer.pk, lambda: hold(order)).changes == {
        "unapplied": -11_000,
        "held": 11_000,
    }


def test_a_second_payment_is_put_back_under_its_own_number(shop: Shop) -> None:
    order = held(shop)
    for number in (1, 2):
        received(order, 11_000, tx=f"again-{number}")

        def put_back(number: int = number) -> None:
            postings.put_back(order, amount=11_000, number=number)

        again = once(shop.dealer.pk, put_back)
        assert again.references == [f"{order.code}:rest:{number}"]
        assert again.changes == {"unapplied": -11_000, "refunds_due": 11_000}


def test_money_from_nobody_known_waits_in_suspense_until_it_is_claimed(shop: Shop) -> None:
    source = accounts.bank("bca")
    came = once(
        shop.dealer.pk, lambda: postings.receive_unknown(shop.dealer.pk, source=source, tx="m-1", amount=50_000)
    )
    assert came.changes == {"bank:bca": -50_000, "suspense:bca": 50_000}
    claimed = once(
        shop.dealer.pk,
        lambda: postings.claim_from_suspense(
            shop.dealer.pk, source_key="bca", tx="m-1", amount=50_000, to=accounts.customer_wallet(shop.customer.pk)
        ),
    )
    assert claimed.changes == {"suspense:bca": -50_000, f"wallet:customer:{shop.customer.pk}": 50_000}


def test_a_unique_amount_below_the_price_is_filled_up_by_the_dealer(shop: Shop) -> None:
    order = guest(shop)
    received(order, 10_983)
    filled = once(shop.dealer.pk, lambda: postings.fill_up(order, missing=17))
    assert filled.changes == {"promo": -17, "unapplied": 17}
    assert filled.references == [f"{order.code}:unique"]
    assert once(shop.dealer.pk, lambda: hold(order)).changes == {
        "unapplied": -11_000,
        "held": 11_000,
    }


def test_cash_over_the_counter_is_received_like_any_payment(shop: Shop) -> None:
    order = guest(shop)
    came = once(
        shop.dealer.pk,
        lambda: postings.receive(
            shop.dealer.pk, source=accounts.cash("counter"), tx="C1", amount=11_000, order_id=order.pk
        ),
    )
    assert came.changes == {"cash:counter": -11_000, "unapplied": 11_000}


def test_a_sale_on_credit_is_owed_by_a_person_and_repaid_in_cash(shop: Shop) -> None:
    order = guest(shop)
    lent = once(
        shop.dealer.pk,
        lambda: postings_business.lend(
            shop.dealer.pk, person="pak-udin", amount=11_000, reference=order.code, order_id=order.pk
        ),
    )
    assert lent.changes == {"receivable:pak-udin": -11_000, "unapplied": 11_000}
    assert once(shop.dealer.pk, lambda: hold(order)).changes == {
        "unapplied": -11_000,
        "held": 11_000,
    }
    repaid = once(
        shop.dealer.pk,
        lambda: postings_business.repay(
            shop.dealer.pk, person="pak-udin", drawer="counter", amount=11_000, reference="r1"
        ),
    )
    assert repaid.changes == {"cash:counter": -11_000, "receivable:pak-udin": 11_000}
