"""An address of something that does not exist, or that a secret opens, is 404: no defect, and no hint."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from tests.urls import desk, scenes
from tests.urls.rows import Scene

pytestmark = pytest.mark.django_db

_ARGUMENT = re.compile(r"<(?:(\w+):)?(\w+)>")


def _routes(patterns: list[Any], names: str = "", route: str = "") -> Iterator[tuple[str, str]]:
    for one in patterns:
        here = f"{route}{one.pattern}"
        if isinstance(one, URLResolver):
            yield from _routes(one.url_patterns, names + (f"{one.namespace}:" if one.namespace else ""), here)
        elif one.name:
            yield f"{names}{one.name}", here


@pytest.fixture
def scene() -> Scene:
    return scenes.build()


def test_a_page_of_the_desk_about_nothing_is_not_found(scene: Scene) -> None:
    owner = Client(raise_request_exception=False)
    owner.force_login(scene.people["owner"], backend="django.contrib.auth.backends.ModelBackend")
    routes = dict(_routes(get_resolver().url_patterns))
    found: dict[str, set[int]] = {}
    for row in desk.ROWS:
        arguments = _ARGUMENT.findall(routes[row.name])
        given = list(row.at(scene))
        for place, (kind, argument) in enumerate(arguments):
            nowhere = [*given]
            nowhere[place] = 999_999 if kind == "int" else "tidak-ada"
            address = reverse(row.name, args=nowhere)
            statuses = {owner.get(address).status_code, owner.post(address).status_code}
            found[f"{row.name} with another {argument}"] = statuses
    assert len(found) > 15
    assert {name: statuses for name, statuses in found.items() if not statuses <= {404, 405}} == {}


def test_an_order_is_nobodys_without_its_own_secret(scene: Scene) -> None:
    stranger, order, other = Client(), scene.here.unpaid, scene.here.cash
    routes = {name: route for name, route in _routes(get_resolver().url_patterns) if route.startswith("o/<")}
    assert len(routes) > 4
    opened = {
        f"{name}{query}": status
        for name, route in routes.items()
        for address in [reverse(name, args=[order.code, *[1] * (len(_ARGUMENT.findall(route)) - 1)])]
        for query in ("", "?t=", f"?t={other.secret}")
        for status in (
            stranger.get(address + query).status_code,
            stranger.post(address + query).status_code,
        )
        if status not in {404, 405}
    }
    assert opened == {}
