"""Live means that the process answers; ready means PostgreSQL and its migrations, and never Redis."""

import os
import socket

import psycopg2
import pytest
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client
from django.urls import path
from pytest_django import Settings

from portal import health
from portal.checks import demo_stays_at_home, serves_with_an_ordinary_role

urlpatterns = [path("healthz/live", health.live), path("healthz/ready", health.ready)]


@pytest.fixture
def client(settings: Settings) -> Client:
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = []
    settings.METRICS_TOKEN = "let-me-see"
    return Client()


@pytest.fixture
def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _away(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    away: BaseDatabaseWrapper = connections["default"].copy()
    away.settings_dict = away.settings_dict | {"HOST": "127.0.0.1", "PORT": str(port)}
    monkeypatch.setattr(health, "connections", {"default": away})


def test_live_asks_nobody(client: Client) -> None:
    assert client.get("/healthz/live").json() == {"status": "live"}


@pytest.mark.django_db
def test_ready_when_postgresql_is_up_and_migrated(client: Client) -> None:
    answer = client.get("/healthz/ready")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready"})
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_not_ready_while_postgresql_is_away(client: Client, monkeypatch: pytest.MonkeyPatch, closed_port: int) -> None:
    _away(monkeypatch, closed_port)
    answer = client.get("/healthz/ready")
    assert (answer.status_code, answer.json()["reason"], answer["Retry-After"]) == (503, "database", "2")


@pytest.mark.django_db
def test_not_ready_before_every_migration_ran(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_migrated", set())
    owner = psycopg2.connect(os.environ["DATABASE_OWNER_URL"])
    owner.autocommit = True
    cursor = owner.cursor()
    cursor.execute("DELETE FROM django_migrations WHERE id = (SELECT max(id) FROM django_migrations) RETURNING *")
    row = cursor.fetchone()
    try:
        answer = client.get("/healthz/ready")
    finally:
        cursor.execute("INSERT INTO django_migrations OVERRIDING SYSTEM VALUE VALUES (%s, %s, %s, %s)", row)
        owner.close()
    assert (answer.status_code, answer.json()["reason"]) == (503, "migrations")
    assert client.get("/healthz/ready").status_code == 200


@pytest.mark.django_db
def test_once_migrated_ready_costs_one_query(client: Client, django_assert_num_queries: object) -> None:
    client.get("/healthz/ready")
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert client.get("/healthz/ready").status_code == 200


@pytest.mark.django_db
def test_with_the_token_ready_names_an_ordinary_role(client: Client) -> None:
    answer = client.get("/healthz/ready", headers={"authorization": "Bearer let-me-see"})
    assert answer.json() == {
        "status": "ready",
        "current_user": "konter_app",
        "rolsuper": False,
        "rolbypassrls": False,
        "redis": "up",
    }


@pytest.mark.django_db
@pytest.mark.parametrize("header", ["Bearer wrong", "Basic let-me-see", "let-me-see", "Bearer ", ""])
def test_without_the_token_nothing_more_is_shown(client: Client, header: str) -> None:
    assert client.get("/healthz/ready", headers={"authorization": header}).json() == {"status": "ready"}


@pytest.mark.django_db
def test_an_unset_token_opens_nothing(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = ""
    assert client.get("/healthz/ready", headers={"authorization": "Bearer "}).json() == {"status": "ready"}


@pytest.mark.django_db
def test_ready_without_redis(client: Client, settings: Settings, closed_port: int) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{closed_port}/0"
    answer = client.get("/healthz/ready", headers={"authorization": "Bearer let-me-see"})
    assert (answer.status_code, answer.json()["redis"]) == (200, "down")


@pytest.mark.parametrize(
    ("demo", "public", "host", "refused"),
    [
        (True, False, "0.0.0.0", True),
        (True, False, "192.168.1.5", True),
        (True, False, "konter.example", True),
        (True, True, "0.0.0.0", False),
        (True, False, "127.0.0.1", False),
        (True, False, "::1", False),
        (True, False, "localhost", False),
        (False, False, "0.0.0.0", False),
    ],
)
def test_a_demo_that_others_could_reach_is_refused(
    settings: Settings, demo: bool, public: bool, host: str, refused: bool
) -> None:
    settings.DEMO, settings.DEMO_PUBLIC, settings.HOST = demo, public, host
    assert [message.id for message in demo_stays_at_home(app_configs=None)] == (["konter.E001"] if refused else [])


@pytest.mark.django_db(databases=["default", "owner", "audit"])
def test_the_application_role_passes_and_one_that_sees_everything_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert serves_with_an_ordinary_role(app_configs=None, databases=["default"]) == []
    assert serves_with_an_ordinary_role(app_configs=None, databases=None) == []
    monkeypatch.setattr("portal.checks.connections", {"default": connections["audit"]})
    (message,) = serves_with_an_ordinary_role(app_configs=None, databases=["default"])
    assert message.id == "konter.E002"
