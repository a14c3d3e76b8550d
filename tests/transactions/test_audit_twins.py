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
from tests.transactions.twins import TWINS
from transactions import accounts, amends, audit, fulfilment, incidents, ledger, rollups, webhook_endpoints, webhooks
from transactions.audit import Scope, deliveries, paybacks, walls
from transactions.models import AmendsKind, Attempt, HookFormat, Incident, Order
from transactions.suppliers.base import Outcome

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "audit"])


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
