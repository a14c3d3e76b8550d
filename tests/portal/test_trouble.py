"""A database that is away, busy or full answers 503 with Retry-After, wherever the request met it."""

import socket
from collections.abc import Callable, Iterator
from typing import Any

import psycopg2
import pytest
from django.db import DatabaseError, IntegrityError, close_old_connections, connection, connections, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from pytest_django import Settings

from portal.lib import trouble

pytestmark = pytest.mark.django_db(transaction=True)

RUN: dict[str, Callable[[], None]] = {}


def _work(_request: HttpRequest) -> HttpResponse:
    RUN["work"]()
    return HttpResponse("done")


def _wrapped(_request: HttpRequest) -> HttpResponse:
    with transaction.atomic():
        RUN["work"]()
    return HttpResponse("done")


class Below:
    """A middleware below ours that asks the database itself, as sessions and tenants do."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        RUN["work"]()
        return self._get_response(request)


urlpatterns = [path("work/", _work), path("wrapped/", _wrapped)]
handler500 = "portal.lib.web.server_error"


@pytest.fixture
def client(settings: Settings) -> Iterator[Client]:
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = ["portal.lib.web.RequestIdMiddleware", "portal.lib.web.TroubleMiddleware"]
    yield Client(raise_request_exception=False)
    RUN.clear()
    connection.close()


def _sql(statement: str) -> Callable[[], None]:
    def run() -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement)

    return run


def _raising(state: str) -> Callable[[], None]:
    return _sql(f"DO $$ BEGIN RAISE EXCEPTION 'no luck' USING ERRCODE = '{state}'; END $$")


def _refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    other: Any = connections["default"].copy()
    other.settings_dict = connection.settings_dict | {"HOST": "127.0.0.1", "PORT": str(port)}
    other.ensure_connection()


def _another_connection() -> Any:
    parameters = connection.get_connection_params()
    return psycopg2.connect(**{name: value for name, value in parameters.items() if name != "cursor_factory"})


def _terminated() -> None:
    _sql("SELECT 1")()
    with _another_connection() as other:
        other.cursor().execute("SELECT pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid])
    other.close()
    _sql("SELECT 1")()


def _locked() -> None:
    holder = _another_connection()
    try:
        holder.cursor().execute("SELECT pg_advisory_lock(4711)")
        _sql("SET lock_timeout = '50ms'; SELECT pg_advisory_lock(4711)")()
    finally:
        holder.close()


REAL = [
    (_refused, "database_unreachable"),
    (_terminated, "database_unreachable"),
    (_locked, "lock_timeout"),
    (_sql("SET statement_timeout = '20ms'; SELECT pg_sleep(5)"), "statement_timeout"),
]
SAID = [
    (_raising("53100"), "disk_full"),
    (_raising("53300"), "too_many_connections"),
    (_raising("57P01"), "database_restarting"),
    (_raising("57P03"), "database_restarting"),
    (_raising("40P01"), "deadlock"),
    (_raising("40001"), "serialization"),
    (_raising("25006"), "read_only"),
    (_raising("08006"), "database_unreachable"),
]


@pytest.mark.parametrize(("work", "code"), REAL + SAID)
@pytest.mark.parametrize("address", ["/work/", "/wrapped/"])
def test_trouble_met_by_a_view_is_503(client: Client, work: Callable[[], None], code: str, address: str) -> None:
    RUN["work"] = work
    answer = client.post(address, headers={"accept": "application/json"})
    assert (answer.status_code, answer["Content-Type"]) == (503, "application/problem+json")
    assert answer.json()["code"] == code
    assert int(answer["Retry-After"]) >= 1
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("work", "code"), REAL)
def test_trouble_met_by_a_middleware_is_503_too(
    client: Client, settings: Settings, work: Callable[[], None], code: str
) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}.Below"]
    RUN["work"] = work
    answer = Client(raise_request_exception=False).get("/work/", headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (503, code)


def test_the_page_says_what_happened_what_about_the_money_and_what_to_do(client: Client) -> None:
    RUN["work"] = _refused
    page = client.post("/work/")
    text = page.content.decode()
    assert page.status_code == 503
    assert "Basis data sedang tidak bisa dihubungi." in text
    assert "Tidak ada uang yang ditarik, kecuali jika halaman pesanan menunjukkannya." in text
    assert "Coba lagi dalam 5 detik." in text
    assert page["X-Request-Id"] in text
    assert "127.0.0.1" not in text


def test_the_next_request_finds_a_new_connection(client: Client) -> None:
    RUN["work"] = _terminated
    assert client.get("/work/").status_code == 503
    close_old_connections()  # what the end of a request does outside the test client
    RUN["work"] = _sql("SELECT 1")
    assert client.get("/work/").status_code == 200


@pytest.mark.parametrize("state", ["23505", "42P01", "22012", "42501"])
def test_a_defect_in_a_statement_stays_a_500(client: Client, state: str) -> None:
    RUN["work"] = _raising(state)
    assert client.get("/work/").status_code == 500


def test_trouble_is_recognised_behind_an_exception_of_our_own() -> None:
    _sql("SET lock_timeout = '50ms'")()
    try:
        _locked()
    except DatabaseError as error:
        wrapper = RuntimeError("could not place")
        wrapper.__cause__ = error
    found = trouble.of(wrapper)
    assert found is not None
    assert found.code == "lock_timeout"
    assert trouble.of(IntegrityError()) is None
    assert trouble.of(ValueError()) is None
    assert trouble.of(None) is None


def test_a_connection_cut_in_mid_answer_is_known_by_the_base_class() -> None:
    cut = DatabaseError("error with status PGRES_TUPLES_OK and no message from the libpq")
    assert trouble.of(cut) is trouble.UNREACHABLE
    assert trouble.is_away(cut)
    assert not trouble.is_away(IntegrityError())


def test_trouble_leaves_one_line_and_no_traceback(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    RUN["work"] = _refused
    assert client.get("/work/").status_code == 503
    written = capsys.readouterr().err
    assert "database_unreachable" in written
    assert "Traceback" not in written
    assert "Service Unavailable" not in written
