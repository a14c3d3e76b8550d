"""The service worker: where it governs, what it fetches beforehand, when a browser takes a new one."""

import gzip
import re

import pytest
from django.contrib.messages import get_messages
from django.contrib.messages.storage.base import BaseStorage
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from portal import offline


def _worker(client: Client, **headers: str) -> HttpResponse:
    return client.get("/sw.js", headers=headers)  # type: ignore[return-value]


def test_it_lies_at_the_root_so_that_it_governs_shops_and_orders(client: Client) -> None:
    answer = _worker(client)
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert "Service-Worker-Allowed" not in answer


def test_it_weighs_little_more_than_a_kilobyte(client: Client) -> None:
    answer = _worker(client, **{"Accept-Encoding": "gzip"})
    assert answer["Content-Encoding"] == "gzip"
    assert len(gzip.compress(gzip.decompress(answer.content))) <= 1200


def test_it_fetches_what_is_really_there(client: Client) -> None:
    found = re.search(r"FILES = \[(.+)\];", _worker(client).content.decode())
    assert found
    files = [name.strip(' "') for name in found[1].split(",")]
    assert "/luring/" in files
    assert "/static/order.js" in files
    assert [client.get(file).status_code for file in files if not file.startswith("/static/")] == [200]


def test_a_browser_that_has_it_is_told_so_in_a_few_bytes(client: Client) -> None:
    tag = _worker(client, **{"Accept-Encoding": "gzip"})["ETag"]
    again = _worker(client, **{"Accept-Encoding": "gzip", "If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")


def test_a_browser_asks_for_a_new_one_every_time(client: Client) -> None:
    assert _worker(client)["Cache-Control"] == "no-cache"


def test_another_language_is_another_worker(client: Client) -> None:
    assert _worker(client)["ETag"] != _worker(client, **{"Accept-Language": "en"})["ETag"]


def test_another_page_or_file_is_another_worker(
    client: Client, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    before = _worker(client)["ETag"]
    settings.DEMO = not settings.DEMO
    after = _worker(client)["ETag"]
    monkeypatch.setattr(offline, "static", lambda name: f"/static/other-{name}")
    assert len({before, after, _worker(client)["ETag"]}) == 3


def test_the_page_is_the_same_for_everybody(client: Client, other: Client) -> None:
    assert client.get("/luring/").content == other.get("/luring/").content


@pytest.fixture
def other() -> Client:
    return Client(headers={"User-Agent": "somebody else", "Cookie": "session=none"})


def test_nothing_that_is_said_once_is_used_up_by_the_page(client: Client) -> None:
    said = get_messages(client.get("/luring/").wsgi_request)
    assert isinstance(said, BaseStorage)
    assert not said.used
