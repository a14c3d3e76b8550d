"""For every invariant a twin: one row broken behind the guards' back is found under that very number."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connections
from django.utils import timezone

from dealers import partners
from portal.lib import ids, tenancy
from tests import factories, worlds
from tests.factories import Shop
from tests.transactions import breaking
from tests.transactions.paying_rig import open_code, ordered, reports
from tests.transactions.reconcile import rig
from tests.transactions.scripted import verdict
from transactions import accounts, amends, audit, fulfilment, incidents, ledger, rollups, webhook_endpoints, webhooks
from transactions.audit import Scope, deliveries, paybacks, walls
from transactions.models import AmendsKind, Attempt, HookFormat, Incident, Order
from transactions.suppliers.base import Outcome

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "audit"])

_BOOKED = "reconcile_difference SET {} WHERE dealer_id = %(dealer)s AND transfer_id IS NOT NULL"
TWINS: dict[str, tuple[int, str]] = {
    "an end in another book": (
        1,
        (
            "UPDATE transfer SET to_id = (SELECT min(id) FROM account "
            "WHERE dealer_id <> %(dealer)s AND kind = 'sales') "
            "WHERE id = (SELECT min(id) FROM transfer WHERE dealer_id = %(dealer)s AND to_kind = 'sales')"
        ),
    ),
    "a wallet richer than its transfers": (
        2,
        (
            "UPDATE account SET balance = balance + 1 WHERE id = "
            "(SELECT min(id) FROM account WHERE dealer_id = %(dealer)s AND kind = 'wallet')"
        ),
    ),
    "a hold resolved by another amount": (
        3,
        "UPDATE transfer SET amount = amount - 1 WHERE dealer_id = %(dealer)s AND reference = %(code)s || ':capture'",
    ),
    "held money that names no hold": (
        3,
        "UPDATE transfer SET resolves_id = NULL WHERE dealer_id = %(dealer)s AND reference = %(code)s || ':capture'",
    ),
    "a gap in a wallet's chain": (
        4,
        "UPDATE transfer SET frm_seq = frm_seq + 7 WHERE dealer_id = %(dealer)s AND reference = %(code)s || ':hold'",
    ),
    "a paid order without its hold": (
        5,
        "DELETE FROM transfer WHERE dealer_id = %(dealer)s AND reference = %(silent)s || ':hold'",
    ),
    "a success that was released": (
        6,
        "UPDATE orders SET status = 'failed' WHERE dealer_id = %(dealer)s AND code = %(code)s",
    ),
    "a correction that no incident asked for": (
        6,
        "UPDATE incident SET state = 'dismissed' WHERE dealer_id = %(dealer)s AND id = %(last_incident)s",
    ),
    "an incident that says what the books said already": (
        6,
        "UPDATE incident SET kind = 'late_success' WHERE dealer_id = %(dealer)s AND id = %(last_incident)s",
    ),
    "a first incident that contradicts nothing": (
        6,
        "UPDATE incident SET kind = 'reversal' WHERE dealer_id = %(dealer)s AND id = %(first_incident)s",
    ),
    "a late delivery that was booked at another cost": (
        6,
        "UPDATE incident SET cost = cost + 1 WHERE dealer_id = %(dealer)s AND id = %(third_incident)s",
    ),
    "sent before the hold": (
        7,
        (
            "UPDATE attempt SET first_sent_at = first_sent_at - interval '1 hour' "
            "WHERE dealer_id = %(dealer)s AND reference = %(code)s || '-1'"
        ),
    ),
    "two live attempts": (
        8,
        "UPDATE attempt SET order_id = %(silent_id)s WHERE dealer_id = %(dealer)s AND reference = %(code)s || '-1'",
    ),
    "a success without proof": (
        9,
        "UPDATE attempt SET sn = '' WHERE dealer_id = %(dealer)s AND reference = %(code)s || '-1'",
    ),
    "a hold nobody looks at": (
        10,
        (
            "UPDATE transfer SET at = at - interval '2 days' WHERE dealer_id = %(dealer)s "
            "AND reference = %(silent)s || ':hold'"
        ),
    ),
    "a due row left lying": (
        11,
        (
            "UPDATE due SET due_at = now() - interval '6 minutes', lease_until = NULL "
            "WHERE dealer_id = %(dealer)s AND kind = 'order' AND target = %(unpaid)s"
        ),
    ),
    "something to be told that nobody will tell": (
        11,
        "DELETE FROM due WHERE dealer_id = %(dealer)s AND kind = 'webhook'",
    ),
    "more refunded than paid": (
        12,
        "UPDATE refund SET amount = amount * 2 WHERE dealer_id = %(dealer)s",
    ),
    "money set aside that no refund speaks of": (
        12,
        "DELETE FROM refund WHERE dealer_id = %(dealer)s AND state = 'due'",
    ),
    "money set aside for no order at all": (
        12,
        (
            "UPDATE transfer SET to_kind = 'refunds_due', to_id = (SELECT id FROM account "
            "WHERE dealer_id = %(dealer)s AND kind = 'refunds_due') "
            "WHERE dealer_id = %(dealer)s AND reference LIKE 'deposit:%%'"
        ),
    ),
    "a refund that calls itself a gift": (
        12,
        "UPDATE refund SET is_goodwill = true WHERE dealer_id = %(dealer)s",
    ),
    "a gift that its refund knows by another sum": (
        12,
        "UPDATE amends SET amount = amount + 1 WHERE dealer_id = %(dealer)s AND kind = 'goodwill'",
    ),
    "money given out of a sale that was never booked": (
        12,
        "DELETE FROM transfer WHERE dealer_id = %(dealer)s AND reference LIKE '%%:sale-refund:%%'",
    ),
    "more gifts than the order cost": (
        12,
        (
            "UPDATE orders SET price = 1 WHERE dealer_id = %(dealer)s AND id = "
            "(SELECT order_id FROM amends WHERE dealer_id = %(dealer)s AND kind = 'goodwill' AND refund_id IS NOT NULL)"
        ),
    ),
    "a proposal that no second person is asked about": (
        12,
        "UPDATE task SET closed_at = now() WHERE dealer_id = %(dealer)s AND kind = 'amends'",
    ),
    "a refund done that nobody paid": (
        12,
        "DELETE FROM transfer WHERE dealer_id = %(dealer)s AND reference = %(back)s || ':refund:1'",
    ),
    "a refund that went another way than it says": (
        12,
        "UPDATE refund SET way = 'cash' WHERE dealer_id = %(dealer)s AND reference = 'TRX-1'",
    ),
    "a refund that came back and that nothing follows": (
        12,
        "UPDATE refund SET state = 'returned' WHERE dealer_id = %(dealer)s AND reference = 'TRX-1'",
    ),
    "a refund asked for at a gateway that nobody asks": (
        12,
        "UPDATE refund SET way = 'source' WHERE dealer_id = %(dealer)s AND state = 'due' AND begun_at IS NULL",
    ),
    "a cost that is not the order's": (
        13,
        "UPDATE orders SET cost = cost + 1 WHERE dealer_id = %(dealer)s AND code = %(code)s",
    ),
    "a receipt of another sum": (
        14,
        "UPDATE receipt SET amount = amount + 1 WHERE dealer_id = %(dealer)s",
    ),
    "money that came in without a receipt": (
        14,
        "DELETE FROM receipt WHERE dealer_id = %(dealer)s",
    ),
    "a line that says another sum than suspense": (
        14,
        "UPDATE bank_line SET amount = amount + 1 WHERE dealer_id = %(dealer)s",
    ),
    "unknown money that nobody is asked about": (
        14,
        "UPDATE task SET closed_at = now() WHERE dealer_id = %(dealer)s AND kind = 'money'",
    ),
    "a gift to an order that no transfer paid": (
        14,
        "UPDATE receipt SET gateway = 'sandbox' WHERE dealer_id = %(dealer)s AND gateway = 'bank:main'",
    ),
    "a deposit in a wallet that is not credited": (
        14,
        "UPDATE deposit_ticket SET state = 'cancelled' WHERE dealer_id = %(dealer)s AND state = 'credited'",
    ),
    "a deposit of another sum than its line brought": (
        14,
        "UPDATE deposit_ticket SET came = came + 1 WHERE dealer_id = %(dealer)s AND state = 'credited'",
    ),
    "a deposit that nobody's ticket speaks of": (
        14,
        "DELETE FROM deposit_ticket WHERE dealer_id = %(dealer)s AND state = 'credited'",
    ),
    "a line that was a deposit and a receipt": (
        14,
        (
            "UPDATE receipt SET gateway_tx = 'FT-0003' WHERE dealer_id = %(dealer)s AND gateway = 'bank:main' "
            "AND id = (SELECT max(id) FROM receipt WHERE dealer_id = %(dealer)s AND gateway = 'bank:main')"
        ),
    ),
    "a roll-up that does not add up": (
        16,
        (
            "UPDATE rollup SET came_in = came_in + 1 WHERE id = (SELECT max(r.id) FROM rollup r "
            "JOIN account a ON a.id = r.account_id WHERE r.dealer_id = %(dealer)s AND a.kind = 'sales')"
        ),
    ),
    "two orders under one ref_id": (
        17,
        "UPDATE orders SET partner_id = 1, ref_id = 'same' WHERE dealer_id = %(dealer)s",
    ),
    "a past that was changed": (
        19,
        (
            "UPDATE transfer SET reference = reference || '!' WHERE id = "
            "(SELECT min(id) FROM transfer WHERE dealer_id = %(dealer)s)"
        ),
    ),
    "a decision about a statement that is not booked": (
        21,
        "DELETE FROM transfer WHERE dealer_id = %(dealer)s AND reference LIKE 'reconcile:%%'",
    ),
    "a correction of another sum than its difference": (
        21,
        "UPDATE " + _BOOKED.format("amount = amount + 1"),
    ),
    "a correction in the wrong direction": (21, "UPDATE " + _BOOKED.format("amount = -amount")),
    "a correction of a difference that nobody decided": (
        21,
        "UPDATE " + _BOOKED.format("state = 'open', resolution = ''"),
    ),
    "a correction that no difference asked for": (
        21,
        "DELETE FROM reconcile_difference WHERE dealer_id = %(dealer)s AND transfer_id IS NOT NULL",
    ),
    "a difference that nobody is asked about": (
        21,
        "UPDATE task SET closed_at = now() WHERE dealer_id = %(dealer)s AND kind = 'difference'",
    ),
}


@pytest.fixture
def books(transactional_db: None) -> dict[str, object]:
    """Two dealers whose orders ended in every way, rolled up and sealed; the names that the twins speak of."""
    shop = factories.shop(url=worlds.UNREACHABLE)
    factories.shop(url=worlds.UNREACHABLE)
    delivered = worlds._sent(shop, worlds._verdict(Outcome.SUCCEEDED, sn="0031 8890 7712"))
    silent = worlds._sent(shop, None)
    unpaid = shop.buy(gateway="sandbox", customer=None)
    turns = _turned(shop)
    back = worlds._on_their_way(shop)[2]
    worlds._tills(shop)
    _paid_by_transfer(shop)
    _to_be_told(shop)
    _made_amends(shop, delivered)
    rig.accepted(shop, delivered)
    worlds._deposits(shop)
    rollups.roll_up(shop.dealer.pk)
    rollups.seal(shop.dealer.pk, now=timezone.now() + timedelta(hours=1))
    return {
        "shop": shop,
        "order": delivered,
        "dealer": shop.dealer.pk,
        "code": delivered.code,
        "silent": silent.code,
        "silent_id": silent.pk,
        "unpaid": unpaid.pk,
        "back": back.order.code,
        "first_incident": turns[0],
        "third_incident": turns[2],
        "last_incident": turns[-1],
    }


def _to_be_told(shop: Shop) -> None:
    """A ping that waits for its partner's address."""
    with tenancy.inside(shop.dealer.pk):
        partner = partners.invite(shop.dealer, partners.Application(username="mitra", name="Mitra Uji"), by=None)
        made = webhook_endpoints.add(partner, url="https://example.com/hook", how=HookFormat.NATIVE)
        webhooks.ping(made.endpoint)


def _made_amends(shop: Shop, order: Order) -> None:
    """Something given of a sale, something given as a gift, and a third sum that waits for a second person."""
    staff = factories.member(shop.dealer)
    for seen, (kind, amount) in enumerate([("part", 2_000), ("goodwill", 1_000), ("goodwill", 500)]):
        shop.dealer.four_eyes_above = 3_000
        token = ids.new_token()
        wish = amends.Wish(kind=AmendsKind(kind), amount=amount, reason="yang masuk kurang", token=token, seen=seen)
        amends.give(shop.dealer, order.pk, wish, actor=staff)


def _paid_by_transfer(shop: Shop) -> None:
    """A guest's order whose exact amount came in, and was not sent yet."""
    order = ordered(shop, "transfer")
    code = open_code(shop, order)
    reports(shop, code, code.amount)


def _turned(shop: Shop) -> list[int]:
    """A guest's order that failed, and whose supplier then changed its word four times, each time rightly booked."""
    order = worlds._paid_and_failed(shop)
    staff, booked = factories.member(shop.dealer), []
    for code in ("00", "02", "00", "02"):
        with tenancy.inside(shop.dealer.pk):
            attempt_id = Attempt.objects.values_list("pk", flat=True).get(order=order)
        fulfilment.record(shop.dealer.pk, attempt_id, verdict(code, None), source="callback")
        with tenancy.inside(shop.dealer.pk):
            booked.append(Incident.objects.values_list("pk", flat=True).get(state=Incident.State.OPEN))
        incidents.approve(shop.dealer, booked[-1], actor=staff, note="benar")
    return booked


def test_a_clean_world_breaks_nothing(books: dict[str, object]) -> None:
    out = StringIO()
    call_command("audit_ledger", simulator="", stdout=out)
    assert "every invariant holds" in out.getvalue()
    assert audit.run(Scope(closed=True)).broken == []


@pytest.mark.parametrize(("number", "sql"), TWINS.values(), ids=TWINS.keys())
def test_a_broken_row_is_found_under_its_number(books: dict[str, object], number: int, sql: str) -> None:
    with breaking.guards_off():
        assert number not in breaking.broken()
        given = {name: value for name, value in books.items() if isinstance(value, int | str)}
        assert breaking.run(sql, **given) >= 1
        report = audit.run(Scope(using="owner", app=""))
        assert number in {result.number for result in report.broken}
    assert breaking.broken() == set()


def test_the_command_ends_with_status_1_and_names_the_invariant(books: dict[str, object]) -> None:
    breaking.run("UPDATE account SET balance = balance + 1 WHERE kind = 'wallet'")
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("audit_ledger", simulator="", stdout=out, stderr=err)
    assert ended.value.code == 1
    assert "broken: invariant 2" in err.getvalue()


def test_without_a_book_the_command_fails(transactional_db: None) -> None:
    with pytest.raises(Exception, match="sees no book"):
        call_command("audit_ledger", simulator="")


@pytest.mark.parametrize(
    ("deliveries_made", "finding"),
    [(2, "delivered 2 times"), (0, "captured, and never delivered")],
)
def test_deliveries_that_disagree_are_number_18(books: dict[str, object], deliveries_made: int, finding: str) -> None:
    log = [{"ref": f"{books['code']}-1", "number": "-", "delivered_at": timezone.now().isoformat()}] * deliveries_made
    found = deliveries.check(log, url=f"{worlds.UNREACHABLE}/log", using="audit")
    assert [(v.number, v.reference) for v in found] == [(18, books["code"])]
    assert finding in found[0].finding


@pytest.mark.parametrize(
    ("row", "finding"),
    [
        ({}, "paid back, and no refund asked for it"),
        ({"reference": "back"}, "done and not booked, and the till paid it"),
    ],
)
def test_a_till_that_disagrees_is_number_12(books: dict[str, object], row: dict[str, str], finding: str) -> None:
    paid = {"reference": "X-R1", "payment_code": "X-1", "amount": 11_000, "gateway_tx": "t", **row}
    if row:
        paid["reference"] = f"{books['back']}-R1"
    with breaking.guards_off():
        if row:
            breaking.run(
                "UPDATE refund SET way = 'source', reference = 't', payment_id = "
                "(SELECT max(id) FROM payment p WHERE p.order_id = refund.order_id) WHERE reference = 'TRX-1'"
            )
            breaking.run("DELETE FROM transfer WHERE reference = %(it)s", it=f"{books['back']}:refund:1")
        paid["at"] = _a_moment_ago()
        found = paybacks.check([paid], using="owner")
    assert [(v.number, v.reference, v.finding) for v in found] == [(12, paid["reference"], finding)]


def test_a_till_that_paid_twice_is_number_12(books: dict[str, object]) -> None:
    row = {"reference": "X-R1", "payment_code": "X-1", "amount": 1, "gateway_tx": "t", "at": "2000-01-01T00:00:00Z"}
    assert [v.finding for v in paybacks.check([row, row], using="audit")] == ["paid back 2 times"]


def _a_moment_ago() -> str:
    """After this database began, before it is looked at."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT min(created_at) + (now() - min(created_at)) / 2 FROM dealer")
        return str(cursor.fetchone()[0].isoformat())


def test_a_wall_that_is_down_is_number_20(books: dict[str, object]) -> None:
    assert walls.check(app="default") == []
    breaking.run("ALTER TABLE orders DISABLE ROW LEVEL SECURITY")
    try:
        assert {(v.number, v.reference) for v in walls.check(app="default")} == {(20, "orders")}
    finally:
        breaking.run("ALTER TABLE orders ENABLE ROW LEVEL SECURITY")


def test_the_auditor_reads_everything_and_writes_nothing(books: dict[str, object]) -> None:
    shop = books["shop"]
    assert isinstance(shop, Shop)
    assert Order.objects.using("audit").filter(dealer=shop.dealer).count() == 8
    with pytest.raises(Exception, match=r"permission denied|read-only"):
        Order.objects.using("audit").update(sn="x")


def test_a_repeated_booking_is_one_transfer(books: dict[str, object]) -> None:
    order = books["order"]
    assert isinstance(order, Order)
    with tenancy.inside(order.dealer_id):
        hold = ledger.hold_of(order.dealer_id, order.pk)
        before = ledger.transfer(order.dealer_id, f"{order.code}:capture")
        again = ledger.resolve(order.dealer_id, hold=hold, to=accounts.SALES, reference=f"{order.code}:capture")
    assert before is not None
    assert again == before.pk
