"""Whoever chose English reads English on every page, after every form and in every file: no Indonesian word is left.

What is Indonesian is learned from the catalogue: a word of the code's messages that no translation uses.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser

import polib
import pytest
from django.conf import settings
from django.db import connection, transaction
from django.http import HttpResponseBase
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode
from pytest_django.plugin import DjangoDbBlocker

from dealers import mails
from tests.translations import BASE, CATALOGUE
from tests.urls import dealers, desk, portal, scenes, shop
from tests.urls.rows import LIMITS, Row, Scene

ROWS: list[Row] = [*portal.ROWS, *dealers.ROWS, *shop.ROWS, *desk.ROWS]
"""Not the platform's admin: it is Django's own, and says one sentence in the language the server started in."""
VISITORS = ("stranger", "customer", "owner")
MAILS = sorted(path.name for path in (BASE / "templates/dealers/mail").glob("*.txt"))
SPOKEN = frozenset({"aria-label", "placeholder", "title", "alt", "content", "data-done", "data-offline"}) | {
    "data-pay",
    "data-choose",
    "data-total",
}
"""Attributes whose words reach a reader."""
NOT_OURS = re.compile(
    r"Toko (?:Sini|Sana)|toko-(?:sini|sana)\S*|HANYA5|hanya-sini|\butama\b|Orang \d+|\S+@\S+"
    r"|\b(?=[A-Za-z]*\d)[0-9A-Za-z]{8,}\b"
    r"|operator bilang tidak masuk|https?:\S+|\S*\bcek\\?/|Disallow: \S+|(?:Toko|TOKO|Bank) (?:Uji|UJI)|TIDAK TAHU"
)
"""What the scene's dealers and people have written themselves is not translated, nor are addresses, codes and ids."""


class _Reader(HTMLParser):
    """What is read on a page; an element in another language (the language switch) is not."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[str] = []
        self._skips = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "style"} or (tag != "html" and ("lang", "id") in attrs):
            self._skips = tag
        self.heard += [value or "" for name, value in attrs if name in SPOKEN]

    def handle_endtag(self, tag: str) -> None:
        if tag == self._skips:
            self._skips = ""

    def handle_data(self, data: str) -> None:
        if not self._skips:
            self.heard.append(data)


def _words(text: str) -> set[str]:
    return set(re.findall(r"[a-z]{3,}", re.sub(r"%\(\w+\)s", " ", text).lower()))


def _read(answer: HttpResponseBase) -> set[str]:
    if answer.get("Content-Type", "").startswith("image/"):
        return set()
    text = (b"".join(answer) if answer.streaming else answer.content).decode()  # type: ignore[attr-defined]
    if answer.get("Content-Type", "").startswith("text/html"):
        page = _Reader()
        page.feed(text)
        text = " ".join(page.heard)
    return _words(NOT_OURS.sub(" ", text))


@pytest.fixture(scope="module")
def indonesian() -> set[str]:
    """Words that only the Indonesian side of the catalogue has."""
    here: set[str] = set()
    there: set[str] = set()
    for entry in polib.pofile(str(BASE / CATALOGUE)):
        here |= _words(entry.msgid)
        there |= _words(" ".join([entry.msgstr, *entry.msgstr_plural.values()]))
    return here - there


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Scene]:
    """Built once, in a transaction that is never committed; each request is undone on its own."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield scenes.build()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def browsers(scene: Scene) -> dict[str, Client]:
    """Everybody's browser, with English chosen."""
    found = {}
    for actor in VISITORS:
        found[actor] = Client(raise_request_exception=False)
        if actor in scene.people:
            found[actor].force_login(scene.people[actor], backend="django.contrib.auth.backends.ModelBackend")
        found[actor].cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return found


@pytest.fixture(autouse=True)
def _quietly(monkeypatch: pytest.MonkeyPatch) -> None:
    """No mail leaves, and no limit is reached."""
    monkeypatch.setattr(mails, "later", lambda *work, **more: None)
    for name in LIMITS:
        monkeypatch.setattr(settings, name, 60_000)


@contextmanager
def _undone(browser: Client) -> Iterator[None]:
    """As a request of its own: nothing is left of it, in the database or in the browser."""
    before = {name: morsel.value for name, morsel in browser.cookies.items()}
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.dealer', '', true)")
        yield
        transaction.set_rollback(True)
    browser.cookies.clear()
    browser.cookies.load(before)


def _address(row: Row, scene: Scene) -> str:
    bare = row.address(scene) if row.address else reverse(row.name, args=row.at(scene))
    query = row.query(scene)
    return f"{bare}?{urlencode(query)}" if query else bare


def _answers(row: Row, scene: Scene, browsers: dict[str, Client]) -> Iterator[tuple[str, HttpResponseBase]]:
    """What a page says when it is opened, when its form is sent empty and when it is sent filled in."""
    address, fields = _address(row, scene), row.fields(scene)
    for actor, browser in browsers.items():
        with _undone(browser):
            yield f"GET as {actor}", browser.get(address)
        with _undone(browser):
            yield f"empty form as {actor}", browser.post(address)
        with _undone(browser):
            yield f"form as {actor}", browser.post(address, fields)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_no_page_says_an_indonesian_word_to_whoever_chose_english(
    row: Row, scene: Scene, browsers: dict[str, Client], indonesian: set[str]
) -> None:
    found = {said: words for said, answer in _answers(row, scene, browsers) if (words := _read(answer) & indonesian)}
    assert found == {}


def test_a_message_after_a_form_is_english_too(scene: Scene, browsers: dict[str, Client], indonesian: set[str]) -> None:
    owner = browsers["owner"]
    with _undone(owner):
        task_closed = owner.post(reverse("desk:task_close", args=[scene.parked.pk]), follow=True)
        assert "Task done." in task_closed.content.decode()
        assert not _read(task_closed) & indonesian


@pytest.mark.parametrize("name", MAILS)
def test_no_mail_says_an_indonesian_word(name: str, indonesian: set[str]) -> None:
    given = {"name": "Ann", "shop": "Corner", "base_url": "https://konter.example", "path": "/akun/"}
    with translation.override("en"):
        assert not _words(NOT_OURS.sub(" ", render_to_string(f"dealers/mail/{name}", given))) & indonesian


def test_the_same_reading_finds_the_words_of_the_indonesian_page(scene: Scene, indonesian: set[str]) -> None:
    stranger = Client()
    with _undone(stranger):
        answer = stranger.get(reverse("shop", args=[scene.here.dealer.slug]))
    assert {"nomor", "bayar", "tempel", "dan", "yang", "buka"} & _read(answer) & indonesian >= {
        "nomor",
        "bayar",
        "buka",
    }
