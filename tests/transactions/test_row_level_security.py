"""Row-level security is the second wall: with every check of the application gone, no foreign row is seen.

Two dealers have a row in every table. `default` is the connection of konter_app, as in production; what
there is to be seen is counted by konter_audit, which sees everything.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, connections, transaction
from django.http import HttpRequest, JsonResponse
from django.test import Client
from django.urls import path
from pytest_django import Settings

from dealers import middleware
from portal.lib import tenancy
from tests.worlds import World, world
from transactions import ledger
from transactions.models import Order, Product

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "audit"])

OPEN = {"due"}
"""The queue: ids and times only, because a dispatcher looks for work before it knows the dealer."""
_TENANT_TABLES = """
SELECT c.relname, c.relispartition, c.relrowsecurity, c.relforcerowsecurity, pg_get_userbyid(c.relowner)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'dealer_id' AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace ORDER BY c.relname
"""


def _everything(_request: HttpRequest) -> JsonResponse:
    return JsonResponse({"codes": list(Order.objects.values_list("code", flat=True))})


urlpatterns = [path("k/<slug:dealer_slug>/", _everything, name="shop")]


@dataclass
class Two:
    """Two dealers with something in every table."""

    a: World
    b: World


@pytest.fixture
def two() -> Two:
    return Two(world("toko-a"), world("toko-b"))


def _rows(sql: str, *, using: str = "default") -> list[tuple[Any, ...]]:
    with connections[using].cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def _tables() -> list[str]:
    """Every table that belongs to a dealer and that konter_app may read: partitions through their parent."""
    found = [str(name) for name, is_partition, *_ in _rows(_TENANT_TABLES, using="audit") if not is_partition]
    assert len(found) > 25
    return [name for name in found if name not in OPEN]


def _dealers_in(table: str, *, using: str = "default") -> set[object]:
    return {row[0] for row in _rows(f"SELECT DISTINCT dealer_id FROM {table}", using=using)}


def test_both_dealers_have_rows_in_every_table_or_the_others_prove_nothing(two: Two) -> None:
    empty = [table for table in _tables() if _dealers_in(table, using="audit") < {two.a.dealer.pk, two.b.dealer.pk}]
    assert not empty, f"tests/worlds.py writes no row for {empty}"


def test_without_a_dealer_no_table_shows_a_row(two: Two) -> None:
    assert {table: _dealers_in(table) for table in _tables()} == {table: set() for table in _tables()}


def test_inside_a_dealer_every_table_shows_its_rows_and_no_others(two: Two) -> None:
    with tenancy.inside(two.a.dealer.pk):
        assert {table: _dealers_in(table) for table in _tables()} == {t: {two.a.dealer.pk} for t in _tables()}


def test_no_row_can_be_written_for_another_dealer(two: Two) -> None:
    accepted = []
    for table in _tables():
        foreign = _row_of(table, two.b.dealer.pk)
        if table == "orders":
            foreign["status"] = "paid"  # as an order begins, or its trigger refuses before the wall does
        with tenancy.inside(two.a.dealer.pk):
            if not _is_refused(partial(_insert, table, foreign)):
                accepted.append(table)
    assert not accepted


def _row_of(table: str, dealer_id: int) -> dict[str, Any]:
    with connections["audit"].cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} WHERE dealer_id = %s LIMIT 1", [dealer_id])
        return {column.name: value for column, value in zip(cursor.description, cursor.fetchone(), strict=True)}


def _insert(table: str, row: dict[str, Any]) -> None:
    names, marks = ", ".join(f'"{name}"' for name in row), ", ".join(["%s"] * len(row))
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(row.values()))


def _is_refused(write: Callable[[], None]) -> bool:
    """Refused by the wall, or before it: there is no right to write at all, or (attempts) no hold to be seen."""
    try:
        with transaction.atomic():
            write()
    except DatabaseError as error:
        walls = ("row-level security", "permission denied for table edit")
        return any(wall in str(error) for wall in walls) or ledger.sqlstate(error) == "KN022"
    return False


def test_a_row_cannot_be_given_to_another_dealer(two: Two) -> None:
    with (
        pytest.raises(DatabaseError, match="row-level security"),
        tenancy.inside(two.a.dealer.pk),
    ):
        Product.objects.update(dealer=two.b.dealer)


def test_an_update_without_a_filter_stays_in_its_dealer(two: Two) -> None:
    with tenancy.inside(two.a.dealer.pk):
        Product.objects.update(name="milik A")
    with tenancy.inside(two.b.dealer.pk):
        assert Product.objects.get().name != "milik A"


def test_a_query_that_forgets_the_dealer_returns_no_foreign_row(two: Two) -> None:
    forgetful = {}
    with tenancy.inside(two.a.dealer.pk):
        for model in apps.get_models():
            if model._meta.db_table in _tables():
                forgetful[model.__name__] = set(model._base_manager.values_list("dealer_id", flat=True))
    assert len(forgetful) > 20
    assert set(map(frozenset, forgetful.values())) == {frozenset({two.a.dealer.pk})}


def test_a_view_that_forgets_the_dealer_returns_no_foreign_row(two: Two, settings: Settings, client: Client) -> None:
    settings.ROOT_URLCONF = __name__
    codes = client.get("/k/toko-a/").json()["codes"]
    with tenancy.inside(two.a.dealer.pk):
        assert sorted(codes) == sorted(Order.objects.filter(dealer=two.a.dealer).values_list("code", flat=True))
    assert two.b.delivered.code not in codes


def test_a_request_taken_for_another_dealers_shows_nothing_of_that_dealer(
    two: Two, settings: Settings, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The application believes it serves B; the transaction is A's."""
    settings.ROOT_URLCONF = __name__
    monkeypatch.setattr(middleware, "_shop", lambda slug: two.b.dealer)
    inside = tenancy.inside
    monkeypatch.setattr(tenancy, "inside", lambda dealer_id: inside(two.a.dealer.pk))
    assert two.b.delivered.code not in client.get("/k/toko-b/").json()["codes"]


def test_the_dealer_of_a_transaction_ends_with_it(two: Two) -> None:
    with tenancy.inside(two.a.dealer.pk):
        assert Order.objects.exists()
    assert not Order.objects.exists()
    assert _rows("SELECT NULLIF(current_setting('app.dealer', true), '')") == [(None,)]


def test_the_dealer_of_a_transaction_that_failed_ends_with_it(two: Two) -> None:
    with pytest.raises(ZeroDivisionError), tenancy.inside(two.a.dealer.pk):
        raise ZeroDivisionError
    assert not Order.objects.exists()


def test_one_transaction_speaks_for_one_dealer(two: Two) -> None:
    with (
        pytest.raises(tenancy.OtherTenant),
        tenancy.inside(two.a.dealer.pk),
        tenancy.inside(two.b.dealer.pk),
    ):
        pass


def test_the_wall_stands_around_every_table_of_a_dealer() -> None:
    without = [
        name
        for name, _part, enabled, forced, _owner in _rows(_TENANT_TABLES, using="audit")
        if not enabled or not forced
    ]
    assert set(without) - OPEN <= {"exchange_rest"}, "enable and force row-level security on these"


def test_a_partition_cannot_be_read_past_the_wall_of_its_parent(two: Two) -> None:
    partitions = [str(name) for name, is_partition, *_ in _rows(_TENANT_TABLES, using="audit") if is_partition]
    assert partitions
    for name in partitions:
        with tenancy.inside(two.a.dealer.pk):
            assert _is_denied(f"SELECT * FROM {name}")


def _is_denied(sql: str) -> bool:
    try:
        with transaction.atomic():
            _rows(sql)
    except DatabaseError as error:
        return "permission denied" in str(error)
    return False


def test_the_queue_holds_ids_and_times_only() -> None:
    columns = {
        str(name) for (name,) in _rows("SELECT column_name FROM information_schema.columns WHERE table_name = 'due'")
    }
    assert columns == {"id", "dealer_id", "kind", "target", "due_at", "lease_until", "token", "tries", "parked", "lane"}


def test_the_application_serves_with_an_ordinary_role_that_owns_nothing() -> None:
    role = "SELECT current_user, session_user, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
    assert _rows(role) == [("konter_app", "konter_app", False, False)]
    assert "konter_app" not in {row[4] for row in _rows(_TENANT_TABLES, using="audit")}
    assert _rows("SELECT count(*) FROM pg_auth_members WHERE member = 'konter_app'::regrole") == [(0,)]


@pytest.mark.parametrize(
    "attempt",
    [
        "SET ROLE konter_owner",
        "ALTER TABLE orders DISABLE ROW LEVEL SECURITY",
        "DROP POLICY one_dealer ON orders",
        "SET LOCAL row_security = off; SELECT * FROM orders",
        "CREATE TABLE public.mine (id int)",
        "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    ],
)
def test_the_application_cannot_take_the_wall_down(attempt: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        _rows(attempt)


def test_the_auditor_reads_everything_and_writes_nothing(two: Two) -> None:
    may = "has_table_privilege('konter_audit', c.oid, '{}')"
    writes = " OR ".join(may.format(right) for right in ("INSERT", "UPDATE", "DELETE", "TRUNCATE"))
    rights = _rows(
        f"SELECT c.relname, {may.format('SELECT')}, {writes} FROM pg_class c "
        "WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace"
    )
    assert [name for name, reads, writes in rights if not reads or writes] == []
    for attempt in ("UPDATE orders SET sn = ''", "SET default_transaction_read_only = off; DELETE FROM orders"):
        with pytest.raises(DatabaseError), transaction.atomic(using="audit"):
            _rows(attempt, using="audit")


def test_every_look_up_past_the_wall_pins_its_search_path_and_is_not_for_everybody() -> None:
    found = _rows(
        "SELECT proname, proconfig, has_function_privilege('public', oid, 'EXECUTE') FROM pg_proc "
        "WHERE prosecdef AND pronamespace = 'public'::regnamespace",
        using="audit",
    )
    assert {"memberships_of", "dealer_of_order", "dealers_of_customer"} <= {name for name, *_ in found}
    careless = [
        name for name, config, public in found if public or "search_path=pg_catalog, public" not in (config or [])
    ]
    assert not careless
