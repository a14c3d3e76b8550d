"""Written by hand as konter_app, past all of our Python: the database itself refuses every wrong booking."""

from collections.abc import Iterator

import pytest
from django.db import Error, connection, connections

from portal.lib import tenancy
from tests import factories
from tests.transactions.postings_rig import captured, held, released
from transactions import accounts, ledger, postings_business
from transactions.models import AccountKind, Order, Transfer

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

_INSERT = """
INSERT INTO transfer (dealer_id, frm_id, to_id, frm_kind, to_kind, amount, reference, order_id, resolves_id)
SELECT %(dealer)s, f.id, t.id, f.kind, t.kind, %(amount)s, 'by-hand', %(order)s, %(resolves)s
FROM account f, account t WHERE f.id = %(frm)s AND t.id = %(to)s
"""


@pytest.fixture
def shop() -> factories.Shop:
    """A dealer with an open book."""
    shop = factories.shop()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("konter_app",)
    return shop


def _account(dealer_id: int, acc: accounts.Acc) -> int:
    with tenancy.inside(dealer_id):
        return ledger.account_id(dealer_id, acc)


def _hold(order: Order) -> Transfer:
    with tenancy.inside(order.dealer_id):
        return ledger.hold_of(order.dealer_id, order.pk)


def _by_hand(order: Order, *, to: accounts.Acc, amount: int = 11_000, resolves: int | None) -> str:
    """Move held money by raw SQL; the name of the constraint that refuses."""
    dealer = order.dealer_id
    given = {
        "dealer": dealer,
        "frm": _account(dealer, accounts.HELD),
        "to": _account(dealer, to),
        "amount": amount,
        "order": order.pk,
        "resolves": resolves,
    }
    with pytest.raises(Error) as refused, tenancy.inside(dealer), connection.cursor() as cursor:
        cursor.execute(_INSERT, given)
    return ledger.constraint(refused.value)


def _said(statement: str, dealer_id: int) -> tuple[str, str]:
    """Run a statement inside the dealer; SQLSTATE and message of its refusal."""
    with pytest.raises(Error) as refused, tenancy.inside(dealer_id), connection.cursor() as cursor:
        cursor.execute(statement)
    return ledger.sqlstate(refused.value), str(refused.value)


def test_a_hold_can_be_resolved_by_hand_once(shop: factories.Shop) -> None:
    """The statement that the others vary is right: what refuses them is their one difference."""
    order = held(shop)
    given = {
        "dealer": shop.dealer.pk,
        "frm": _account(shop.dealer.pk, accounts.HELD),
        "to": _account(shop.dealer.pk, accounts.SALES),
        "amount": 11_000,
        "order": order.pk,
        "resolves": _hold(order).pk,
    }
    with tenancy.inside(shop.dealer.pk), connection.cursor() as cursor:
        cursor.execute(_INSERT, given)
        assert cursor.rowcount == 1


def test_a_capture_after_the_release_is_refused(shop: factories.Shop) -> None:
    order = released(held(shop))
    assert _by_hand(order, to=accounts.SALES, resolves=_hold(order).pk) == "a_hold_is_resolved_once"


def test_a_release_after_the_capture_is_refused(shop: factories.Shop) -> None:
    order = captured(shop, held(shop))
    assert _by_hand(order, to=accounts.REFUNDS_DUE, resolves=_hold(order).pk) == "a_hold_is_resolved_once"


def test_held_money_that_names_no_hold_is_refused(shop: factories.Shop) -> None:
    order = held(shop)
    assert _by_hand(order, to=accounts.bank("main"), resolves=None) == "held_money_leaves_by_resolving"


@pytest.mark.parametrize("amount", [10_999, 11_001])
def test_a_resolution_of_another_amount_is_refused(shop: factories.Shop, amount: int) -> None:
    order = held(shop)
    refusal = _by_hand(order, to=accounts.SALES, amount=amount, resolves=_hold(order).pk)
    assert refusal == "resolves_a_hold_in_full"


def test_a_resolution_of_what_is_no_hold_is_refused(shop: factories.Shop) -> None:
    order = held(shop)
    with tenancy.inside(shop.dealer.pk):
        receipt = Transfer.objects.get(order_id=order.pk, to_kind=AccountKind.UNAPPLIED)
    assert _by_hand(order, to=accounts.SALES, resolves=receipt.pk) == "resolves_a_hold_in_full"


def test_a_second_hold_for_an_order_is_refused(shop: factories.Shop) -> None:
    order = held(shop)
    with pytest.raises(Error) as refused, tenancy.inside(shop.dealer.pk):
        frm, entry = accounts.bank("main"), ledger.Entry("second-hold", order_id=order.pk)
        ledger.move(shop.dealer.pk, frm=frm, to=accounts.HELD, amount=11_000, entry=entry)
    assert ledger.constraint(refused.value) == "one_hold_per_order"


@pytest.mark.parametrize("end", ["frm", "to"])
def test_a_transfer_across_dealers_is_refused(shop: factories.Shop, end: str) -> None:
    other = factories.dealer()
    foreign = _account(other.pk, accounts.SALES)
    own = _account(shop.dealer.pk, accounts.bank("main"))
    frm, to = (foreign, own) if end == "frm" else (own, foreign)
    kinds = ("sales", "bank") if end == "frm" else ("bank", "sales")
    with pytest.raises(Error) as refused, tenancy.inside(shop.dealer.pk), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO transfer (dealer_id, frm_id, to_id, frm_kind, to_kind, amount, reference) "
            "VALUES (%s, %s, %s, %s, %s, 1000, 'across')",
            [shop.dealer.pk, frm, to, *kinds],
        )
    assert ledger.constraint(refused.value) == ("transfer_from_its_book" if end == "frm" else "transfer_to_its_book")


def test_a_transfer_written_into_another_dealers_book_is_refused(shop: factories.Shop) -> None:
    other = factories.dealer()
    frm, to = _account(other.pk, accounts.bank("main")), _account(other.pk, accounts.SALES)
    state, said = _said(
        "INSERT INTO transfer (dealer_id, frm_id, to_id, frm_kind, to_kind, amount, reference) "
        f"VALUES ({other.pk}, {frm}, {to}, 'bank', 'sales', 1000, 'foreign')",
        shop.dealer.pk,
    )
    assert state == "42501"
    assert "row-level security" in said


@pytest.mark.parametrize(("amount", "refusal"), [(0, "a_transfer_is_positive"), (-5, "a_transfer_is_positive")])
def test_only_a_positive_amount_is_moved(shop: factories.Shop, amount: int, refusal: str) -> None:
    order = held(shop)
    assert _by_hand(order, to=accounts.SALES, amount=amount, resolves=_hold(order).pk) == refusal


def test_a_wallet_cannot_be_written_below_its_limit(shop: factories.Shop) -> None:
    with pytest.raises(Error) as refused, tenancy.inside(shop.dealer.pk), connection.cursor() as cursor:
        cursor.execute("UPDATE account SET balance = -1 WHERE kind = 'wallet'")
    assert ledger.constraint(refused.value) == "a_wallet_never_overdraws"


def test_a_wallet_may_owe_up_to_its_limit_and_no_rupiah_more(shop: factories.Shop) -> None:
    wallet, dealer = accounts.wallet("partner:1"), shop.dealer.pk
    with tenancy.inside(dealer):
        ledger.set_credit_limit(dealer, wallet, limit=500)
        postings_business.ask_withdrawal(dealer, wallet=wallet, amount=500, reference="a")
        with pytest.raises(ledger.InsufficientBalance):
            postings_business.ask_withdrawal(dealer, wallet=wallet, amount=1, reference="b")
        assert ledger.wallet_balance(dealer, wallet) == -500


STATEMENTS = {
    "UPDATE": "UPDATE transfer SET amount = amount + 1",
    "DELETE": "DELETE FROM transfer",
    "TRUNCATE": "TRUNCATE transfer CASCADE",
}


@pytest.fixture
def as_in_production() -> Iterator[None]:
    """What a test allows is forbidden again after it."""
    yield
    _as_owner("REVOKE TRUNCATE ON ALL TABLES IN SCHEMA public FROM konter_app")
    _as_owner("REVOKE UPDATE, DELETE ON transfer FROM konter_app")


def _as_owner(statement: str) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("right", STATEMENTS)
def test_the_application_has_no_right_to_change_a_transfer(
    shop: factories.Shop, as_in_production: None, right: str
) -> None:
    held(shop)
    state, said = _said(STATEMENTS[right], shop.dealer.pk)
    assert state == "42501"
    assert "permission denied for table transfer" in said


@pytest.mark.parametrize("right", STATEMENTS)
def test_with_the_right_a_trigger_still_refuses_to_change_a_transfer(
    shop: factories.Shop, as_in_production: None, right: str
) -> None:
    held(shop)
    _as_owner(
        f"GRANT {right} ON ALL TABLES IN SCHEMA public TO konter_app"
        if right == "TRUNCATE"
        else f"GRANT {right} ON transfer TO konter_app"
    )
    state, said = _said(STATEMENTS[right], shop.dealer.pk)
    assert state == "KN020"
    assert f"{right} on transfer refused: its rows are never changed" in said


@pytest.mark.parametrize("right", STATEMENTS)
def test_the_owner_is_refused_too(shop: factories.Shop, as_in_production: None, right: str) -> None:
    held(shop)
    with pytest.raises(Error) as refused:
        _as_owner(STATEMENTS[right])
    assert ledger.sqlstate(refused.value) == "KN020"
