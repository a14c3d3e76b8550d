"""`reconcile_share`: how much of a supplier's day agrees by itself, with one line in a hundred disturbed.

Ten thousand sales stand in our books and in the simulator's. Its statement comes over HTTP as CSV, with noise of all
kinds; it is read, taken over and compared as an upload is, which is what is timed. The measure counts only if every
line that the simulator disturbed beyond repair is found, and no other.
"""

import json
import tempfile
import time
import urllib.request
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connections

from dealers import days
from dealers.models import Dealer, User
from portal.lib import tenancy
from transactions import accounts, ledger
from transactions.models import Brand, Difference, Kind, Product, ReconcileDay, Supplier
from transactions.reconcile import runs, uploads
from transactions.suppliers.simulator import Simulator
from transactions.suppliers.simulator.accounts import KONTER_A
from transactions.suppliers.simulator.book import SUCCESS, Sale

SALES = 10_000
NOISE = 0.01
SEEDS = range(5)
TARGET = 0.995
_OURS = """
WITH sold AS (
    INSERT INTO orders (dealer_id, code, secret, product_id, destination, price, max_cost, cost, status, channel,
        gateway, reason, rc, sn, fingerprint, created_at, paid_at, sent_at, finished_at)
    SELECT %(dealer)s, 'B' || lpad(n::text, 10, '0'), 'x', %(product)s, '+62812' || (10000000 + n), 11000, 11000,
        10200, 'succeeded', 'web', 'sandbox', '', '00', '0031' || lpad(n::text, 12, '0'), 'x', at, at, at, at
    FROM generate_series(1, %(count)s) n, LATERAL (SELECT %(begins)s + n * interval '8 seconds' AS at) t
    RETURNING *
), sent AS (
    INSERT INTO attempt (dealer_id, order_id, supplier_id, supplier_sku, number, reference, cost, outcome, sends,
        first_sent_at, sent_at, finished_at, rc, reason, message, sn)
    SELECT dealer_id, id, %(supplier)s, 'TSEL10', 1, code || '-1', 10200, 'succeeded', 1, sent_at, sent_at, sent_at,
        '00', '', '', sn FROM sold
)
INSERT INTO transfer (dealer_id, frm_id, to_id, frm_kind, to_kind, amount, reference, order_id)
SELECT dealer_id, %(cost)s, %(deposit)s, 'cost', 'supplier', 10200, code || ':cost', id FROM sold
"""


def measure() -> dict[str, Any]:
    """Five days of noise, each compared from its file on."""
    with tempfile.TemporaryDirectory() as folder, Simulator(folder=Path(folder)) as simulator:
        row, who = _day()
        _fill(simulator, row.dealer, row.day)
        rounds = [_round(simulator, row, who, seed) for seed in SEEDS]
    shares, seconds = [share for share, _took in rounds], [took for _share, took in rounds]
    return {
        "reconcile_share": round(min(shares), 4),
        "reconcile_target": TARGET,
        "reconcile_lines_per_second": round(SALES / max(seconds)),
        "reconcile_seconds": [round(took, 3) for took in seconds],
    }


def lines(facts: dict[str, Any]) -> list[str]:
    """What is printed."""
    return [
        f"reconcile_share {facts['reconcile_share']} ratio",
        f"reconcile_lines_per_second {facts['reconcile_lines_per_second']} rows/s",
    ]


def _day() -> tuple[ReconcileDay, User]:
    """A dealer with ten thousand sales of some days ago, all booked."""
    dealer = Dealer.objects.create(slug="bench-recap", name="Bench")
    who = User.objects.create_user("bench-recap@contoh.test", None, name="Bench")
    day = days.today(dealer) - timedelta(days=3)
    with tenancy.inside(dealer.pk):
        ledger.open_book(dealer.pk)
        supplier = Supplier.objects.create(dealer=dealer, code="bench", name="Bench", connector="digiflazz")
        brand = Brand.objects.get(code="TSEL")
        product = Product.objects.create(
            dealer=dealer, sku="TSEL10", name="Telkomsel 10.000", kind=Kind.PULSA, brand=brand, nominal=10_000
        )
        row = ReconcileDay.objects.create(dealer=dealer, supplier=supplier, day=day)
        given: dict[str, Any] = {
            "dealer": dealer.pk,
            "product": product.pk,
            "supplier": supplier.pk,
            "count": SALES,
            "begins": days.begins(dealer, day),
            "cost": ledger.account_id(dealer.pk, accounts.COST),
            "deposit": ledger.account_id(dealer.pk, accounts.supplier_of(supplier)),
        }
    with connections["owner"].cursor() as cursor:
        for table in ("orders", "attempt"):  # they begin as they end here: nothing is sold, and no price is held
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    with tenancy.inside(dealer.pk, using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute(_OURS, given)
    with connections["owner"].cursor() as cursor:
        for table in ("orders", "attempt"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute("ANALYZE")
    return row, who


def _fill(simulator: Simulator, dealer: Dealer, day: date) -> None:
    """The same sales in the simulator's own book."""
    begins = days.begins(dealer, day)

    def write() -> None:
        book = simulator._running.book  # noqa: SLF001  the bench is a guest in its thread
        for number in range(1, SALES + 1):
            book.open_sale(_sale(number, begins + timedelta(seconds=8 * number)))
            book.end(book.sales[KONTER_A, f"B{number:010d}-1"], sn=f"0031{number:012d}")

    simulator._do(write)  # noqa: SLF001


def _sale(number: int, at: datetime) -> Sale:
    return Sale(
        account=KONTER_A,
        ref=f"B{number:010d}-1",
        sku="tsel10",
        number=f"0812{10_000_000 + number}",
        price=10_200,
        ends_at=None,
        end_rc=SUCCESS,
        at=at.isoformat(),
    )


def _round(simulator: Simulator, row: ReconcileDay, who: User, seed: int) -> tuple[float, float]:
    """Share and seconds of one statement; an error unless what was found is what was disturbed."""
    address = f"{simulator.url.removesuffix('/v1')}/statement?username={KONTER_A}&date={row.day}"
    address += f"&noise={NOISE}&seed={seed}"
    with urllib.request.urlopen(address) as answer:
        body: bytes = answer.read()
    with urllib.request.urlopen(f"{address}&disturbed=1") as answer:
        wrong = {each["ref"] for each in json.load(answer)}
    began = time.perf_counter()
    uploads.keep(row.dealer, row, body, name="laporan.csv", actor=who)
    with tenancy.inside(row.dealer_id):
        draft = uploads.draft(row)
    if draft is None:
        raise RuntimeError("the file was not kept")
    uploads.use(row.dealer, row, seen=draft.digest, actor=who)
    with tenancy.inside(row.dealer_id):
        ReconcileDay.objects.filter(pk=row.pk).update(rounds=runs.MOST_ROUNDS)  # nothing is left for later
    done = runs.work(row.dealer, row.pk)
    took = time.perf_counter() - began
    with tenancy.inside(row.dealer_id):
        found = set(Difference.objects.filter(day=row).exclude(state="resolved").values_list("key", flat=True))
    if found != wrong or done.ours != SALES:
        raise RuntimeError(f"missed: {sorted(wrong - found)[:5]}, wrongly found: {sorted(found - wrong)[:5]}")
    return done.matched / (done.matched + done.different), took
