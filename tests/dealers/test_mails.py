"""A mail goes out behind the answer: how long it takes says nothing about who has an account."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection
from django.test import Client
from django.utils import translation
from pytest_django import Settings

from dealers import mails
from tests import factories

STUCK, LET_GO = threading.Event(), threading.Event()
SENT: list[Any] = []


class Stuck(BaseEmailBackend):
    """A mail server that takes its time."""

    def send_messages(self, email_messages: Any) -> int:
        STUCK.set()
        assert LET_GO.wait(10)
        SENT.extend(email_messages)
        return len(email_messages)


@pytest.fixture
def _slow_mail(settings: Settings) -> Iterator[None]:
    settings.EMAIL_BACKEND = f"{__name__}.Stuck"
    STUCK.clear()
    LET_GO.clear()
    SENT.clear()
    yield
    LET_GO.set()
    mails.later(lambda: None).result(10)
    mails.later(lambda: None).result(10)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_slow_mail")
def test_the_answer_does_not_wait_for_the_mail_server(client: Client) -> None:
    factories.user("budi@contoh.test")
    assert client.post("/akun/lupa/", {"email": "budi@contoh.test"}).status_code == 302
    assert STUCK.wait(10)
    assert not SENT


@pytest.mark.django_db(transaction=True)
def test_the_answer_is_given_without_looking_the_address_up(client: Client, settings: Settings) -> None:
    ready = threading.Event()

    def hold() -> None:
        assert ready.wait(10)

    held = [mails.later(hold) for _ in range(2)]
    queries: list[str] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        queries.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        answer = client.post("/akun/lupa/", {"email": "siapa@contoh.test"})
    ready.set()
    for one in held:
        one.result(10)
    assert answer.status_code == 302
    assert not [sql for sql in queries if "person" in sql]


def test_a_mail_is_written_in_the_language_of_whoever_asked() -> None:
    spoken: list[str | None] = []
    with translation.override("en"):
        mails.later(lambda: spoken.append(translation.get_language())).result(10)
    assert spoken == ["en"]


def test_a_mail_server_that_is_away_breaks_nothing() -> None:
    def refused() -> None:
        raise ConnectionRefusedError

    mails.later(refused).result(10)
