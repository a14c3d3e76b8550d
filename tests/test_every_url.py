"""Every address of the portal, walked as everybody, against a table that somebody wrote down on purpose.

The table is `tests/urls/`: a pattern without a row fails, and so does a row without a pattern. Across dealers
a thing is not there (404), inside one it may be refused (403), and what is refused changes nothing.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.http import HttpResponseBase
from django.test import Client
from django.test.client import MULTIPART_CONTENT
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.http import urlencode
from pytest_django.plugin import DjangoDbBlocker

from dealers import mails
from tests.urls import admin, api, dealers, desk, portal, scenes, shop
from tests.urls.rows import ACTORS, LIMITS, WORKS_HERE, Row, Scene

ROWS: list[Row] = [*portal.ROWS, *dealers.ROWS, *shop.ROWS, *desk.ROWS, *admin.ROWS, *api.ROWS]


def _patterns(resolver: Any, *, spaces: str = "", route: str = "") -> Iterator[str]:
    """Name (with its namespaces) of every pattern, or the whole route of one that has no name."""
    for entry in resolver.url_patterns:
        here = f"{route}{entry.pattern}"
        if isinstance(entry, URLResolver):
            inner = f"{spaces}{entry.namespace}:" if entry.namespace else spaces
            yield from _patterns(entry, spaces=inner, route=here)
        else:
            assert isinstance(entry, URLPattern)
            yield f"{spaces}{entry.name}" if entry.name else here


def test_every_pattern_has_a_row_and_every_row_a_pattern() -> None:
    found, declared = set(_patterns(get_resolver())), {row.name for row in ROWS}
    assert found - declared == set(), "add a Row for these to tests/urls/"
    assert declared - found == set(), "these are gone: take their rows out of tests/urls/"


def test_no_two_patterns_share_a_name() -> None:
    assert {name for name, times in Counter(_patterns(get_resolver())).items() if times > 1} == set()


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Scene]:
    """Built once, in a transaction that is never committed; each request is undone on its own."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield scenes.build()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def sessions(scene: Scene) -> dict[str, str]:
    """The session of everybody who has signed in, by who they are."""
    found = {}
    for actor, person in scene.people.items():
        client = Client()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        found[actor] = client.cookies[settings.SESSION_COOKIE_NAME].value
    return found


@pytest.fixture(autouse=True)
def _quietly(monkeypatch: pytest.MonkeyPatch) -> None:
    """No mail leaves, and no limit is reached: both have tests of their own."""
    monkeypatch.setattr(mails, "later", lambda *work, **more: None)
    for name in LIMITS:
        monkeypatch.setattr(settings, name, 60_000)
    monkeypatch.setattr("dealers.people._MAILS_AT_ONCE", 1_000)
    monkeypatch.setattr("transactions.api.bounds.STRANGERS_PER_MINUTE", 60_000)


@contextmanager
def _undone() -> Iterator[None]:
    """As a request of its own: nothing is left of it, and no dealer is named before it begins."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.dealer', '', true)")
        yield
        transaction.set_rollback(True)


def _address(row: Row, scene: Scene) -> str:
    bare = row.address(scene) if row.address else reverse(row.name, args=row.at(scene))
    query = row.query(scene)
    return f"{bare}?{urlencode(query)}" if query else bare


def _client(actor: str, sessions: dict[str, str], scene: Scene) -> Client:
    sent = {"Authorization": f"Bearer {scene.keys[actor]}"} if actor in scene.keys else {}
    client = Client(raise_request_exception=False, headers=sent)
    if actor in sessions:
        client.cookies[settings.SESSION_COOKIE_NAME] = sessions[actor]
    return client


def _fields(row: Row, scene: Scene, sessions: dict[str, str]) -> dict[str, str]:
    """What the form is sent with; where an edit is shown first, what the owner was shown."""
    fields = row.fields(scene)
    if not row.shown_first:
        return fields
    with _undone():
        shown = _client("owner", sessions, scene).post(_address(row, scene), fields)
        assert shown.context is not None, f"{row.name}: {shown.status_code}"
        return {**fields, "seen": shown.context["effect"].digest, "accept": "on"}


def _body(answer: HttpResponseBase) -> bytes:
    return b"".join(answer) if answer.streaming else answer.content  # type: ignore[attr-defined]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_everybody_gets_by_get_what_the_table_says(row: Row, scene: Scene, sessions: dict[str, str]) -> None:
    answers, leaked = {}, set()
    for actor in ACTORS:
        with _undone():
            answer = _client(actor, sessions, scene).get(_address(row, scene))
            answers[actor] = answer.status_code
            if (
                row.name.startswith("desk:")
                and actor not in WORKS_HERE
                and _shows_of(scene, _body(answer), _address(row, scene))
            ):
                leaked.add(actor)
    assert answers == row.expected("GET")
    assert not leaked


def _shows_of(scene: Scene, page: bytes, address: str) -> bool:
    """Whether something that only the visited dealer has is on a page; what was in the address is no news."""
    here = scene.here
    codes = [order.code for order in (here.delivered, here.unpaid, here.cash, here.silent, here.refunded)]
    signs = [*codes, here.dealer.name, here.dealer.slug, scene.product.sku, scene.supplier.code]
    return any(sign.encode() in page for sign in signs if sign not in address)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_everybody_gets_by_post_what_the_table_says_and_a_refusal_changes_nothing(
    row: Row, scene: Scene, sessions: dict[str, str]
) -> None:
    before, fields = scenes.belongings(scene.here.dealer), _fields(row, scene, sessions)
    answers, changed = {}, set()
    for actor in ACTORS:
        with _undone():
            kind = "application/json" if row.sends_json else MULTIPART_CONTENT
            visitor = _client(actor, sessions, scene)
            answers[actor] = visitor.post(_address(row, scene), fields, content_type=kind).status_code
            if scenes.belongings(scene.here.dealer) != before:
                changed.add(actor)
    assert answers == row.expected("POST")
    assert changed == (_may_change(row, answers) if row.changes else set())


def _may_change(row: Row, answers: dict[str, int]) -> set[str]:
    """Whose accepted call counts: at the desk its people's, by the API its partner's, in the shop everybody's."""
    able = {"desk": WORKS_HERE, "api": frozenset({"machine"})}.get(row.name.partition(":")[0], frozenset(ACTORS))
    return {actor for actor, status in answers.items() if actor in able and status < 400}
