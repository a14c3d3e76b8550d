"""The way to PostgreSQL: transactions begin with their first statement, a dead connection is seen, plans are kept."""

import io
from collections.abc import Iterator
from typing import Any
from unittest.mock import Mock

import psycopg2
import pytest
from django.db import InternalError, OperationalError, ProgrammingError, connection, connections, transaction
from django.db.utils import DataError
from django.test.utils import CaptureQueriesContext
from psycopg2 import extensions

from portal.lib import database, roundtrip, tenancy, trouble
from portal.lib.database import base
from portal.lib.roundtrip import Statement
from transactions.models import Brand

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

IDLE, OPEN, BROKEN = (
    extensions.TRANSACTION_STATUS_IDLE,
    extensions.TRANSACTION_STATUS_INTRANS,
    extensions.TRANSACTION_STATUS_INERROR,
)


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """A connection that knows no statement yet, and none of ours for the next test."""
    connection.close()
    connection.ensure_connection()
    yield
    connection.close()


def status() -> int:
    found: int = connection.connection.info.transaction_status
    return found


def ask(sql: str, *values: object) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)  # type: ignore[arg-type]  # whatever psycopg takes
        return cursor.fetchone()[0]


def terminate() -> None:
    """End the server's side of our connection, as a restart would."""
    pid = connection.connection.info.backend_pid
    parameters = connection.get_connection_params()
    del parameters["cursor_factory"]
    other = psycopg2.connect(**parameters)
    other.cursor().execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    other.close()


def new_request() -> None:
    connection.close_if_unusable_or_obsolete()


def test_a_transaction_begins_with_its_first_statement() -> None:
    with transaction.atomic():
        assert status() == IDLE
        assert ask("SELECT 1") == 1
        assert status() == OPEN
    assert status() == IDLE


def test_a_transaction_that_asks_nothing_is_never_begun() -> None:
    with CaptureQueriesContext(connection) as asked, tenancy.inside(1):
        assert status() == IDLE
    assert [each["sql"] for each in asked.captured_queries] == ["BEGIN"]  # which Django writes down without sending it


def test_the_dealer_is_named_before_anything_is_asked() -> None:
    with tenancy.acting(7), tenancy.inside(4711):
        assert ask("SELECT current_setting('app.dealer') || ' by ' || current_setting('app.actor')") == "4711 by 7"
    assert ask("SELECT current_setting('app.dealer', true)") in {"", None}


def test_a_transaction_that_has_begun_is_told_its_dealer_at_once() -> None:
    with transaction.atomic():
        ask("SELECT 1")
        with tenancy.inside(12):
            assert ask("SELECT current_setting('app.dealer')") == "12"


def test_what_is_rolled_back_was_never_there_and_what_is_committed_stays() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        Brand.objects.create(code="GONE", name="Gone")
        raise RuntimeError
    with transaction.atomic():
        Brand.objects.create(code="STAYS", name="Stays")
    connection.close()
    assert list(Brand.objects.filter(code__in=["GONE", "STAYS"]).values_list("code", flat=True)) == ["STAYS"]


def test_a_savepoint_may_come_first() -> None:
    with transaction.atomic():
        with pytest.raises(DataError), transaction.atomic():
            ask("SELECT 1 / 0")
        Brand.objects.create(code="AFTER", name="After")
    assert Brand.objects.filter(code="AFTER").exists()


def test_words_that_cannot_be_parsed_leave_the_transaction_to_the_next_statement() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        with pytest.raises(ProgrammingError):
            ask("SELEC 1")
        Brand.objects.create(code="GONE", name="Gone")
        assert status() == OPEN
        raise RuntimeError
    assert not Brand.objects.filter(code="GONE").exists()


def test_a_first_statement_that_fails_breaks_its_transaction() -> None:
    with pytest.raises(DataError), transaction.atomic():
        try:
            ask("SELECT 1 / 0")
        finally:
            assert status() == BROKEN
    assert status() == IDLE
    assert ask("SELECT 1") == 1


def test_a_commit_that_keeps_nothing_is_an_error() -> None:
    with pytest.raises(InternalError, match="passed over"), transaction.atomic():
        Brand.objects.create(code="LOST", name="Lost")
        with pytest.raises(DataError):
            ask("SELECT 1 / 0")
    assert not Brand.objects.filter(code="LOST").exists()
    assert status() == IDLE


def test_without_autocommit_each_commit_opens_the_way_for_the_next_transaction() -> None:
    transaction.set_autocommit(False)
    try:
        Brand.objects.create(code="ONE", name="One")
        transaction.commit()
        Brand.objects.create(code="TWO", name="Two")
        assert status() == OPEN
        transaction.rollback()
        assert list(Brand.objects.filter(code__in=["ONE", "TWO"]).values_list("code", flat=True)) == ["ONE"]
        transaction.rollback()
    finally:
        transaction.set_autocommit(True)
    assert ask("SELECT 1") == 1
    assert status() == IDLE


def test_rows_in_portions_and_copies_stand_inside_the_transaction() -> None:
    Brand.objects.create(code="ROW", name="Row")
    with transaction.atomic():
        assert "ROW" in [brand.code for brand in Brand.objects.order_by("code").iterator(chunk_size=1)]
        assert status() == OPEN
    with transaction.atomic(), connection.cursor() as cursor:
        copied = io.StringIO()
        cursor.copy_expert("COPY (SELECT 42) TO STDOUT", copied)
        assert (copied.getvalue().strip(), status()) == ("42", OPEN)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany("SELECT %s", [[1], [2]])
        assert status() == OPEN
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.callproc("abs", [-1])
        assert (cursor.fetchone()[0], status()) == (1, OPEN)


def test_a_connection_that_was_just_used_is_not_asked_whether_it_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    is_usable = Mock(return_value=True)
    monkeypatch.setattr(base.DatabaseWrapper, "is_usable", is_usable)
    new_request()
    ask("SELECT 1")
    is_usable.assert_not_called()
    connection._alive_at -= base.ASKED_AFTER_IDLE  # type: ignore[attr-defined]
    new_request()
    ask("SELECT 1")
    is_usable.assert_called_once()


def test_a_connection_that_the_server_closed_is_replaced_before_it_is_used() -> None:
    ask("SELECT 1")
    before = connection.connection.info.backend_pid
    terminate()
    new_request()
    assert ask("SELECT 1") == 1
    assert connection.connection.info.backend_pid != before


def test_a_connection_that_ends_inside_a_transaction_ends_it_and_the_next_one_works() -> None:
    with pytest.raises(OperationalError), transaction.atomic():
        Brand.objects.create(code="CUT", name="Cut")
        terminate()
        ask("SELECT 1")
    new_request()
    assert not Brand.objects.filter(code="CUT").exists()


def test_a_statement_in_use_is_planned_once_and_answers_the_same() -> None:
    sql = "SELECT %s::int + 1, 'a%%b' LIKE 'a%%'"
    forms = []
    for value in range(5):
        forms.append(database.reusable(sql).split()[0])
        assert roundtrip.ask(Statement(sql, [value])) == (value + 1, True)
    assert forms[0] == "SELECT"
    assert forms[-1] == "EXECUTE"
    name = database.reusable(sql).split()[1]
    assert ask("SELECT statement FROM pg_prepared_statements WHERE name = %s", name).endswith(
        "SELECT $1::int + 1, 'a%b' LIKE 'a%'"
    )


def test_a_new_connection_knows_no_statement_of_the_old_one() -> None:
    for _ in range(4):
        roundtrip.ask(Statement("SELECT 1 + %s::int", [1]))
    connection.close()
    for _ in range(4):
        assert roundtrip.ask(Statement("SELECT 1 + %s::int", [1])) == (2,)


def test_a_plan_outlives_the_transaction_in_which_it_was_made() -> None:
    sql = "SELECT 2 + %s::int"
    with pytest.raises(RuntimeError), transaction.atomic():
        for _ in range(4):
            roundtrip.ask(Statement(sql, [1]))
        raise RuntimeError
    assert roundtrip.ask(Statement(sql, [3])) == (5,)


def test_a_statement_that_could_not_be_planned_is_tried_again() -> None:
    sql = "SELECT 3 + %s::int"
    for _ in range(base.PREPARED_FROM - 1):
        roundtrip.ask(Statement(sql, [1]))
    with pytest.raises(InternalError), transaction.atomic():
        with pytest.raises(DataError):
            ask("SELECT 1 / 0")
        roundtrip.ask(Statement(sql, [1]))
    for _ in range(base.PREPARED_FROM + 1):
        assert roundtrip.ask(Statement(sql, [2])) == (5,)


def test_a_column_that_changed_its_type_costs_a_connection_one_request() -> None:
    with connections["owner"].cursor() as owner:
        owner.execute("CREATE TABLE changing (word varchar(10)); INSERT INTO changing VALUES ('same')")
        owner.execute("GRANT SELECT ON changing TO konter_app")
        try:
            asked = Statement("SELECT word FROM changing WHERE word <> %s", ["other"])
            for _ in range(base.PREPARED_FROM + 1):
                assert roundtrip.ask(asked) == ("same",)
            owner.execute("ALTER TABLE changing ALTER word TYPE varchar(20)")
            with pytest.raises(OperationalError) as told, transaction.atomic():
                roundtrip.ask(asked)
            assert trouble.is_away(told.value)
            new_request()
            assert [roundtrip.ask(asked) for _ in range(base.PREPARED_FROM + 1)][-1] == ("same",)
        finally:
            owner.execute("DROP TABLE changing")


def test_statements_that_travel_together_are_planned_one_by_one() -> None:
    for number in range(5):
        with transaction.atomic():
            statements = [Statement("SELECT set_config('konter.test', %s, true)", [str(number)])]
            found = roundtrip.ask(*statements, Statement("SELECT current_setting('konter.test') || %s::text", ["!"]))
        assert found == (f"{number}!",)
