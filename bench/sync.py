"""`sync_ratio`: lines of a price list per second through the whole sync, against a bare COPY of the same rows.

Ten thousand lines, of which a twentieth changes between one fetch and the next; a tenth of them is sold, with routes
and prices by rule. What is timed is a whole run as the clock does it: HTTP call to a supplier on loopback, JSON,
checks, comparison, upsert, routes, prices, events, two commits. The reference is COPY of the same ten thousand rows
and a commit, into a table of the same columns without index, key or trigger. Rounds of both take turns.
"""

import io
import json
import random
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from django.db import connections
from django.utils import timezone

from dealers.models import Dealer
from portal.lib import tenancy
from transactions import ledger
from transactions.models import (
    Brand,
    Kind,
    MarkupRule,
    Price,
    Product,
    Route,
    RunState,
    Supplier,
    SyncEvent,
    SyncRun,
    SyncState,
    Tier,
)
from transactions.suppliers import connections as supplier_connections
from transactions.sync import runs

ROWS = 10_000
CHANGED = ROWS // 20
SOLD = ROWS // 10
ROUNDS = 15
WARMING = 3
TARGET = 0.12


def measure() -> dict[str, Any]:
    """Interleaved rounds, and the medians of both."""
    with _serving() as served:
        supplier = _shop(served.url)
        for turn in range(WARMING):  # the first writes everything; plans and caches
            _round(supplier, served, _body(turn))
        copied = _rows_to_copy(supplier)
        took: dict[str, list[float]] = {"sync": [], "copy": []}
        for number in range(ROUNDS):
            took["sync"].append(_round(supplier, served, _body(WARMING + number)))
            took["copy"].append(_copy(copied))
        counts = _prove(supplier)
    sync, copy = (ROWS / statistics.median(took[name]) for name in ("sync", "copy"))
    return {
        "sync_ratio": round(sync / copy, 4),
        "sync_rows_per_second": round(sync),
        "copy_rows_per_second": round(copy),
        "sync_target": TARGET,
        "sync_rounds": ROUNDS,
        "sync_seconds": [round(seconds, 4) for seconds in took["sync"]],
        "copy_seconds": [round(seconds, 4) for seconds in took["copy"]],
        **counts,
    }


def lines(facts: dict[str, Any]) -> list[str]:
    """What is printed."""
    return [
        f"sync_ratio {facts['sync_ratio']} ratio",
        f"sync_rows_per_second {facts['sync_rows_per_second']} rows/s",
        f"copy_rows_per_second {facts['copy_rows_per_second']} rows/s",
    ]


class _Served(BaseHTTPRequestHandler):
    """A supplier that answers with one body, whatever it is asked."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        body = self.server.body  # type: ignore[attr-defined]  # set below
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class's name
        del format, args


class _Server(ThreadingHTTPServer):
    body = b""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


@contextmanager
def _serving() -> Iterator[_Server]:
    with _Server(("127.0.0.1", 0), _Served) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def _body(turn: int) -> bytes:
    """A list of which every twentieth line says something that no list before it has said."""
    lines_of = [_line(number, turn if number % (ROWS // CHANGED) == 0 else 0) for number in range(ROWS)]
    return json.dumps({"data": lines_of}, ensure_ascii=False, separators=(",", ":")).encode()


def _line(number: int, turn: int) -> dict[str, Any]:
    """Prices climb and fall by turns; every seventh of what changes closes and opens too."""
    step = 25 * turn if number % 3 else -7 * turn
    return {
        "product_name": f"Telkomsel {5 + number}.000 Paket {number}",
        "category": "Pulsa",
        "brand": "TELKOMSEL",
        "type": "Umum",
        "seller_name": "PT CONTOH",
        "price": 5_000 + number * 3 + step,
        "buyer_sku_code": f"S{number:05d}",
        "buyer_product_status": True,
        "seller_product_status": not (number % 7 == 0 and turn % 2 == 1),
        "unlimited_stock": True,
        "stock": 0,
        "multi": True,
        "start_cut_off": "23:45",
        "end_cut_off": "00:15",
        "desc": f"Pulsa reguler Telkomsel, masa aktif sesuai nominal, kode {number}",
    }


def _shop(url: str) -> Supplier:
    dealer = Dealer.objects.create(slug="bench", name="Bench")
    with tenancy.inside(dealer.pk):
        ledger.open_book(dealer.pk)
        own: dict[str, Any] = {"dealer": dealer}
        supplier = Supplier.objects.create(
            **own, code="bench", name="Bench", connector="digiflazz", base_url=url, username="bench"
        )
        supplier_connections.seal_secrets(supplier, api_key="bench-key")
        for tier, fixed in ((Tier.RETAIL, 800), (Tier.PARTNER, 300)):
            MarkupRule.objects.create(**own, tier=tier, fixed=fixed)
        brand = Brand.objects.get(code="TSEL")
        numbers = sorted(random.Random(1).sample(range(ROWS), SOLD))  # a twentieth of them changes too
        products = Product.objects.bulk_create(
            Product(**own, sku=f"P{number}", name=f"Produk {number}", kind=Kind.PULSA, brand=brand, nominal=5_000)
            for number in numbers
        )
        Route.objects.bulk_create(
            Route(**own, product=product, supplier=supplier, supplier_sku=f"S{number:05d}", cost=5_000 + number * 3)
            for product, number in zip(products, numbers, strict=True)
        )
        for tier, fixed in ((Tier.RETAIL, 800), (Tier.PARTNER, 300)):
            Price.objects.bulk_create(
                Price(**own, product=product, tier=tier, amount=-(-(5_000 + number * 3 + fixed) // 100) * 100)
                for product, number in zip(products, numbers, strict=True)
            )
    return supplier


def _round(supplier: Supplier, served: _Server, body: bytes) -> float:
    """One run; the supplier's own limit of five minutes is taken to be over."""
    served.body = body
    long_ago = timezone.now() - timedelta(hours=1)
    with tenancy.inside(supplier.dealer_id):
        SyncState.objects.update(asked_at=long_ago)
    began = time.perf_counter()
    run = runs.run(supplier)
    took = time.perf_counter() - began
    if run.state != RunState.APPLIED:
        raise RuntimeError(f"the run ended as {run.state}: {run.doubt or run.trouble}")
    return took


def _rows_to_copy(supplier: Supplier) -> bytes:
    """The rows in force as COPY takes them, and a bare table of the same columns."""
    buffer = io.StringIO()
    with tenancy.inside(supplier.dealer_id), connections["owner"].cursor() as cursor:
        cursor.execute("CREATE TABLE bench_offer (LIKE supplier_offer)")
        # The owner sees every row; there is one dealer here.
        cursor.copy_expert("COPY (SELECT * FROM supplier_offer) TO STDOUT", buffer)
    return buffer.getvalue().encode()


def _copy(rows: bytes) -> float:
    with connections["owner"].cursor() as cursor:
        cursor.execute("TRUNCATE bench_offer")
        began = time.perf_counter()
        cursor.copy_expert("COPY bench_offer FROM STDIN", io.BytesIO(rows))
        took = time.perf_counter() - began
        cursor.execute("SELECT count(*) FROM bench_offer")
        if cursor.fetchone()[0] != ROWS:
            raise RuntimeError("not every row was copied")
    return took


def _prove(supplier: Supplier) -> dict[str, int]:
    """What must be so if the sync did its work: rows in force, and events for every line that changed."""
    with tenancy.inside(supplier.dealer_id):
        last = SyncRun.objects.filter(state=RunState.APPLIED).latest("pk")
        told = SyncEvent.objects.filter(run=last).values("sku").distinct().count()
        counts = {"sync_rows": last.rows, "sync_changed": told, "sync_routes": last.routes, "sync_prices": last.prices}
    if counts["sync_rows"] != ROWS or counts["sync_changed"] != CHANGED or not counts["sync_routes"]:
        raise RuntimeError(f"the sync did not do its work: {counts}")
    return counts
