"""Two complete portals with databases of their own, where a dealer of one buys from a dealer of the other.

What is set up and read is done in the portals' own processes (`manage.py shell`), by the use cases that the desk uses.
"""

import json
import re
import urllib.request
from collections.abc import Sequence
from contextlib import closing
from typing import Any

import psycopg2

from tests.chaos.portal import Portal

SHOP = "berkah-cell"
"""The dealer that sells, at both portals."""
SUPPLIER = "portal-b"
SKUS = ("TSEL5", "TSEL10", "TSEL15")
CHECK_SECONDS = 15
"""Long enough that a webhook, if it comes, comes first."""
PARTNER, KEY = "mitra-demo", "mitra-demo-key"
_SECRET = "whsec_dHdvLXBvcnRhbHMtd2ViaG9vay1zZWNyZXQtMzItYnk="

_CONNECT = """
from dealers.models import Dealer, User
from portal.lib import tenancy
from transactions import catalogue_additions, catalogue_edits, mirrors, postings_business
from transactions.models import Product, Route, Supplier
from transactions.suppliers import connections
from transactions.sync import runs
dealer, owner = Dealer.objects.get(slug="{shop}"), User.objects.get(email="owner@{shop}.test")
account = catalogue_additions.Account(
    name="Portal B", base_url="{url}", username="{partner}", api_key="{key}", callback_secret="{secret}"
)
made = catalogue_additions.add_supplier(
    dealer, code="{supplier}", connector="konter", account=account, actor=owner
)
url = connections.callback_url(made, dealer_slug=dealer.slug)
connections.connect(made).report_to(url, secret="{secret}")
runs.run(made, actor=owner)
offers = {{offer.sku: offer for offer in connections.connect(made).price_list()}}
with tenancy.inside(dealer.pk):
    postings_business.top_up_supplier(
        dealer.pk, supplier="{supplier}", bank="main", amount=10_000_000, reference="test"
    )
    products = Product.objects.filter(dealer=dealer, sku__in={skus})
    routes = [
        Route(dealer=dealer, product=one, supplier=made, supplier_sku=one.sku, cost=offers[one.sku].price, rank=9)
        for one in products
    ]
    catalogue_edits.add_routes(routes, actor=owner, accept_below_cost=False)
    for other in Supplier.objects.filter(dealer=dealer).exclude(pk=made.pk):
        catalogue_edits.use_supplier(other, is_open=False, note="uji", actor=owner)
mirrors.refresh(made)
print("SAID", made.reported_balance)
"""

_STATEMENT = """
import json
from datetime import timedelta
from django.utils import timezone
from dealers.models import Dealer
from portal.lib import tenancy
from transactions.models import Supplier
from transactions.suppliers import connections
dealer = Dealer.objects.get(slug="{shop}")
with tenancy.inside(dealer.pk):
    row = Supplier.objects.get(dealer=dealer, code="{supplier}")
there = connections.connect(row)
today = timezone.localtime().date()
lines = [line for days in (-1, 0, 1) for line in there.statement(today + timedelta(days=days))]
said = [
    [line.reference, str(line.outcome), line.price, line.sku, line.destination, line.sn] for line in lines
]
print("SAID", json.dumps({{"balance": there.balance(), "lines": said}}))
"""


class Peer(Portal):
    """One of the two: reached by its address, so that the other may call it, and slow to ask again."""

    @property
    def environment(self) -> dict[str, str]:
        """As any, with an address that is none of IPv6."""
        own = {"KONTER_BASE_URL": self.url, "KONTER_CHECK_INTERVAL_SECONDS": str(CHECK_SECONDS)}
        return super().environment | own

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    def say(self, script: str) -> Any:
        """What a script prints behind SAID, as JSON."""
        ran = self.manage("shell", "-v", "0", "-c", script, seconds=120)
        found = re.search(r"^SAID (.*)$", ran.stdout, re.MULTILINE)
        assert ran.returncode == 0, ran.stderr[-3000:]
        assert found is not None, ran.stdout
        return json.loads(found[1])

    def rows(self, query: str, *given: object) -> list[tuple[Any, ...]]:
        """Read as the auditor, who sees every dealer."""
        with closing(psycopg2.connect(self.told["DATABASE_AUDIT_URL"])) as connection, connection.cursor() as cursor:
            cursor.execute(query, given)
            return cursor.fetchall()

    def system_identifier(self) -> str:
        """Which database cluster this is; no two have the same, unless one was copied."""
        ((found,),) = self.rows("SELECT system_identifier FROM pg_control_system()")
        return str(found)


def connect(a: Peer, b: Peer) -> int:
    """A's dealer buys from B's from now on, and nowhere else; its balance there in rupiah."""
    given = {"shop": SHOP, "supplier": SUPPLIER, "skus": SKUS, "url": b.url, "secret": _SECRET}
    return int(a.say(_CONNECT.format(partner=PARTNER, key=KEY, **given)))


def statement(a: Peer) -> tuple[int, list[list[Any]]]:
    """What B states about A's purchases, by A's connector: the balance, and a line for each sale."""
    said = a.say(_STATEMENT.format(shop=SHOP, supplier=SUPPLIER))
    return int(said["balance"]), sorted(said["lines"])


def own_lines(a: Peer) -> list[list[Any]]:
    """The same lines as A's own book has them."""
    rows = a.rows(
        "SELECT a.reference, a.outcome, CASE a.outcome WHEN 'failed' THEN 0 ELSE a.cost END, a.supplier_sku, "
        "'0' || substr(o.destination, 4), a.sn FROM attempt a JOIN orders o ON o.id = a.order_id "
        "JOIN supplier s ON s.id = a.supplier_id WHERE s.code = %s ORDER BY 1",
        SUPPLIER,
    )
    return [list(row) for row in rows]


def delivered(b: Peer, references: Sequence[str]) -> list[str]:
    """What B's supplier delivered, of the orders that A placed under these references."""
    rows = b.rows(
        "SELECT a.reference FROM attempt a JOIN orders o ON o.id = a.order_id WHERE o.ref_id = ANY(%s)",
        list(references),
    )
    mine = {reference for (reference,) in rows}
    with urllib.request.urlopen(b.simulator, timeout=30) as answer:
        return [row["ref"] for row in json.load(answer) if row["ref"] in mine]
