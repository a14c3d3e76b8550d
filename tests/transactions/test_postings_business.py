"""Bookings beyond a single order: deposits, settlements, shares, suppliers, commissions, withdrawals, drawers."""

from collections.abc import Callable

import pytest

from portal.lib import tenancy
from tests import factories
from tests.factories import Shop
from tests.transactions.postings_rig import Booked, booked, captured, held, once
from transactions import accounts, ledger, postings_business
from transactions.models import Transfer

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    """A customer with a million in the wallet."""
    return factories.shop()


@pytest.fixture
def wallet(shop: Shop) -> accounts.Acc:
    """The customer's wallet."""
    return accounts.customer_wallet(shop.customer.pk)


def _transfer(shop: Shop, reference: str) -> Transfer:
    with tenancy.inside(shop.dealer.pk):
        found = ledger.transfer(shop.dealer.pk, reference)
        assert found is not None
        return found


def test_what_a_dealer_brings_along_is_the_owners_money(shop: Shop) -> None:
    brought = once(
        shop.dealer.pk,
        lambda: postings_business.opening(shop.dealer.pk, acc=accounts.bank("main"), amount=70_000, reference="bank"),
    )
    assert brought == Booked({"bank:main": -70_000, "equity": 70_000}, ["opening:bank"])


def test_a_deposit_is_owed_to_the_wallets_owner(shop: Shop, wallet: accounts.Acc) -> None:
    put = once(
        shop.dealer.pk,
        lambda: postings_business.deposit(
            shop.dealer.pk, to=wallet, source=accounts.bank("bca"), amount=50_000, reference="d1"
        ),
    )
    assert put == Booked({"bank:bca": -50_000, f"wallet:customer:{shop.customer.pk}": 50_000}, ["deposit:d1"])


def test_a_settlement_moves_the_gateways_money_to_the_bank_less_its_fee(shop: Shop) -> None:
    settled = once(
        shop.dealer.pk,
        lambda: postings_business.settle_gateway(
            shop.dealer.pk, gateway="qris", bank="bca", net=99_300, fee=700, reference="s1"
        ),
    )
    assert settled.changes == {"bank:bca": -99_300, "gateway_fee": -700, "clearing:qris": 100_000}
    assert settled.references == ["settle:qris:s1", "settle:qris:s1:fee"]


def test_a_share_between_dealers_is_a_pair_under_one_reference(shop: Shop) -> None:
    other = factories.dealer()
    paid = once(
        shop.dealer.pk,
        lambda: postings_business.pay_share(shop.dealer.pk, to_slug=other.slug, amount=300, reference="o1"),
    )
    earned = once(
        other.pk,
        lambda: postings_business.earn_share(other.pk, from_slug=shop.dealer.slug, amount=300, reference="o1"),
    )
    assert paid.changes == {"share_paid": -300, f"due_to:{other.slug}": 300}
    assert earned.changes == {f"due_from:{shop.dealer.slug}": -300, "share_earned": 300}
    assert paid.references == earned.references == ["share:o1"]


def test_a_top_up_at_a_supplier_is_money_that_lies_there(shop: Shop) -> None:
    topped = once(
        shop.dealer.pk,
        lambda: postings_business.top_up_supplier(
            shop.dealer.pk, supplier="konter-a", bank="bca", amount=500_000, reference="t1"
        ),
    )
    assert topped.changes == {"supplier:konter-a": -500_000, "bank:bca": 500_000}


def test_a_commission_is_paid_per_level_and_clawed_back_once(shop: Shop, wallet: accounts.Acc) -> None:
    order = captured(shop, held(shop))
    name = f"wallet:customer:{shop.customer.pk}"
    paid = once(shop.dealer.pk, lambda: postings_business.commission(order, upline=wallet, amount=100, level=1))
    assert paid == Booked({"commission": -100, name: 100}, [f"{order.code}:commission:1"])
    back = once(
        shop.dealer.pk,
        lambda: postings_business.claw_back(order, _transfer(shop, paid.references[0]), upline=wallet, level=1),
    )
    assert back.changes == {"commission": 100, name: -100}


def test_a_commission_that_is_spent_cannot_be_clawed_back(shop: Shop) -> None:
    order = captured(shop, held(shop))
    upline = accounts.wallet("customer:0")
    booked(shop.dealer.pk, lambda: postings_business.commission(order, upline=upline, amount=100, level=1))
    booked(
        shop.dealer.pk,
        lambda: postings_business.ask_withdrawal(shop.dealer.pk, wallet=upline, amount=60, reference="w1"),
    )
    paid = _transfer(shop, f"{order.code}:commission:1")
    with tenancy.inside(shop.dealer.pk), pytest.raises(ledger.InsufficientBalance):
        postings_business.claw_back(order, paid, upline=upline, level=1)


def _asked(shop: Shop, wallet: accounts.Acc) -> Transfer:
    asked = once(
        shop.dealer.pk,
        lambda: postings_business.ask_withdrawal(shop.dealer.pk, wallet=wallet, amount=40_000, reference="w1"),
    )
    assert asked.changes == {f"wallet:customer:{shop.customer.pk}": -40_000, "held_withdrawals": 40_000}
    return _transfer(shop, "withdrawal:w1")


@pytest.mark.parametrize("is_paid", [True, False])
def test_a_withdrawal_is_paid_or_returned_and_never_both(shop: Shop, wallet: accounts.Acc, is_paid: bool) -> None:
    asked = _asked(shop, wallet)

    def pay() -> None:
        postings_business.pay_withdrawal(shop.dealer.pk, asked, bank="bca", reference="w1")

    def give_back() -> None:
        postings_business.return_withdrawal(shop.dealer.pk, asked, wallet=wallet, reference="w1")

    work: tuple[Callable[[], None], Callable[[], None]] = (pay, give_back) if is_paid else (give_back, pay)
    to = "bank:bca" if is_paid else f"wallet:customer:{shop.customer.pk}"
    assert once(shop.dealer.pk, work[0]).changes == {"held_withdrawals": -40_000, to: 40_000}
    with pytest.raises(Exception, match="a_hold_is_resolved_once"):
        booked(shop.dealer.pk, work[1])


def test_a_withdrawal_beyond_the_wallet_is_refused(shop: Shop, wallet: accounts.Acc) -> None:
    with tenancy.inside(shop.dealer.pk), pytest.raises(ledger.InsufficientBalance):
        postings_business.ask_withdrawal(shop.dealer.pk, wallet=wallet, amount=1_000_001, reference="w1")


def test_a_file_of_orders_is_a_wallet_whose_rest_goes_back(shop: Shop, wallet: accounts.Acc) -> None:
    batch, name = accounts.wallet("batch:1"), f"wallet:customer:{shop.customer.pk}"
    funded = once(
        shop.dealer.pk,
        lambda: postings_business.fund_batch(
            shop.dealer.pk, wallet=wallet, batch=batch, amount=110_000, reference="f1"
        ),
    )
    assert funded.changes == {name: -110_000, "wallet:batch:1": 110_000}
    returned = once(
        shop.dealer.pk,
        lambda: postings_business.return_batch(
            shop.dealer.pk, wallet=wallet, batch=batch, amount=11_000, reference="f1"
        ),
    )
    assert returned == Booked({name: 11_000, "wallet:batch:1": -11_000}, ["batch:f1:rest"])


@pytest.mark.parametrize(
    ("counted", "changes"),
    [
        (99_000, {"cash_difference": -1_000, "cash:counter": 1_000}),
        (100_500, {"cash:counter": -500, "cash_difference": 500}),
        (100_000, {}),
    ],
)
def test_a_drawer_that_disagrees_is_booked_as_a_difference(shop: Shop, counted: int, changes: dict[str, int]) -> None:
    found = once(
        shop.dealer.pk,
        lambda: postings_business.cash_difference(
            shop.dealer.pk, drawer="counter", counted=counted, expected=100_000, reference="shift-1"
        ),
    )
    assert found.changes == changes
