"""Whatever a supplier sends for a price list, what is in force stays, or is what the list certainly says."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from portal.lib import tenancy
from tests.transactions import sync_rig as rig
from tests.transactions.sync_rig import Synced
from transactions.models import RunState, SyncRun
from transactions.suppliers import digiflazz, parse
from transactions.suppliers.base import SupplierUnavailable
from transactions.suppliers.simulator import Simulator
from transactions.sync import lists, runs

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(simulator: Simulator) -> Synced:
    made = rig.synced(simulator)
    made.run(*rig.many(39))
    return made


def body(lines: list[dict[str, Any]]) -> bytes:
    return json.dumps({"data": lines}, separators=(",", ":")).encode()


BROKEN: dict[str, bytes] = {
    "cut off": body(rig.many(39))[:-200],
    "cut off between lines": body(rig.many(39)[:20])[:-2],
    "html": b"<!DOCTYPE html><html><body>502 Bad Gateway</body></html>",
    "nothing": b"",
    "null": b"null",
    "no list": b'{"data":{"rc":"83","message":"too often"}}',
    "text": b'{"data":"soon"}',
    "no line readable": body([rig.line(price=-1)]),
    "not utf-8": body(rig.many(39)).replace(b"TSEL10", b"\xff\xfe"),
}


@pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN)
def test_what_is_no_list_is_a_failed_run_and_changes_nothing(here: Synced, answer: bytes) -> None:
    before = here.in_force()
    here.says(answer)
    with pytest.raises(SupplierUnavailable):
        here.run()
    with tenancy.inside(here.shop.dealer.pk):
        assert SyncRun.objects.latest("pk").state == RunState.FAILED
    assert (here.in_force(), here.route().is_open) == (before, True)


def test_a_code_that_stands_twice_counts_with_the_dearer_line(here: Synced) -> None:
    run = here.run(rig.line(price=10_300), rig.line("tsel10", 10_250), *rig.many(39)[1:])
    assert (here.route().cost, run.refused) == (10_300, 1)


@pytest.mark.parametrize("price", [-10_200, 0, 10_200.5, "10200", None, 10**12, True], ids=str)
def test_a_line_whose_price_makes_no_sense_is_not_sold_from(here: Synced, price: object) -> None:
    here.run(rig.line(price=price), *rig.many(39)[1:])  # type: ignore[arg-type]  # what a stranger may send
    assert (here.route().is_open, here.route().cost, here.price()) == (False, 10_200, 11_000)


def test_a_list_that_is_too_long_is_refused_whole(here: Synced, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "MOST_ROWS", 39)
    here.pass_time()
    run = runs.run(here.shop.supplier)
    assert (run.state, run.trouble) == (RunState.FAILED, runs.TOO_LONG)
    assert len(here.in_force()) == 40


def test_a_hundred_thousand_lines_are_not_even_read_to_the_end(here: Synced) -> None:
    here.says(body([rig.line(f"N{n}") for n in range(100_000)]))
    with pytest.raises(SupplierUnavailable):
        here.run()
    assert len(here.in_force()) == 40


def test_texts_longer_than_any_column_are_cut(here: Synced) -> None:
    long = "x" * 5_000
    run = here.run(rig.line(price=10_300, product_name=long, desc=long, category=long), *rig.many(39)[1:])
    assert (run.state, here.route().cost) == (RunState.APPLIED, 10_300)


ODD: dict[str, Callable[[], bytes]] = {
    "as usual": lambda: body(rig.many(3)),
    "pretty": lambda: json.dumps({"data": rig.many(3)}, indent=1).encode(),
    "a text that looks like two lines": lambda: body([rig.line(desc='a"},{"b'), *rig.many(3)[1:]]),
    "a text of the very bytes": lambda: body([rig.line(desc="},{"), rig.line("A", desc="}]}"), *rig.many(3)[1:]]),
    "lists in a line": lambda: body([rig.line(extra=[{"a": 1}, {"b": 2}]), *rig.many(3)[1:]]),
    "more beside it": lambda: b'{"data":[{"buyer_sku_code":"A"}],"rc":"00","more":[{"x":1},{"y":2}]}',
    "two lists": lambda: b'{"data":[{"buyer_sku_code":"A","price":5}],"data":[{"buyer_sku_code":"B","price":6}]}',
    "no lines": lambda: b'{"data":[{}]}',
}


@pytest.mark.parametrize("make", ODD.values(), ids=ODD)
def test_reading_line_by_line_finds_what_reading_as_a_whole_does(make: Callable[[], bytes]) -> None:
    answer = make()
    data = parse.json_object(answer)["data"]
    assert isinstance(data, list)
    assert digiflazz._line_by_line(answer) in (None, [digiflazz._offer(item) for item in data])


def test_a_usual_list_is_read_line_by_line() -> None:
    assert digiflazz._line_by_line(body(rig.many(3))) is not None
