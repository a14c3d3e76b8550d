"""Every ref_id that an order can have is read again, also one that is a word of ours or no part of a path."""

from typing import Any
from urllib.parse import quote

import pytest

from tests import factories
from tests.factories import Machine, Shop
from tests.transactions.api.test_digiflazz_server import top_up

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    return factories.shop(money=0)


@pytest.fixture
def machine(shop: Shop) -> Machine:
    return factories.machine(shop.dealer)


@pytest.mark.parametrize("ref", ["batch", "BATCH", "changes", "a@b:c=d+e~f", "-", "...", "7", "x" * 64])
def test_what_was_ordered_is_read_by_its_ref_id(machine: Machine, ref: str) -> None:
    made = machine.orders(ref_id=ref).json()
    for path in (f"orders/{ref}/", f"orders/{quote(ref, safe='')}/"):
        assert machine.get(path).json() == made
    assert machine.get("orders/", ref_id=ref).json()["results"] == [made]


@pytest.mark.parametrize("ref", [".", ".."])
def test_dots_are_read_by_the_query_because_clients_take_them_out_of_paths(machine: Machine, ref: str) -> None:
    made = machine.orders(ref_id=ref).json()
    assert machine.get("orders/", ref_id=ref).json()["results"] == [made]


@pytest.mark.parametrize("ref", ["a b", "2026/11/24-7", "é"])
def test_an_order_of_the_other_dialect_is_read_too(machine: Machine, ref: str) -> None:
    assert top_up(machine, ref)[1]["rc"] == "03"
    assert [row["ref_id"] for row in machine.get("orders/", ref_id=ref).json()["results"]] == [ref]


def test_a_word_of_ours_is_nobodys_order_until_it_is_one(machine: Machine) -> None:
    assert machine.get("orders/batch/").status_code == 404
    assert machine.get("orders/", ref_id="batch").json()["results"] == []


@pytest.mark.parametrize("query", [{"ref_id": ""}, {"ref_id": "x" * 65}, {"ref_id": "a\0b"}])
def test_what_can_be_no_ref_id_is_refused(machine: Machine, query: dict[str, Any]) -> None:
    answer = machine.get("orders/", **query)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "ref_id")


def test_a_batch_is_still_placed_there(machine: Machine) -> None:
    line = {"ref_id": "batch", "sku": "TSEL10", "destination": "081234567890"}
    placed = machine.post("orders/batch/", {"orders": [line]}).json()["results"][0]["order"]
    assert machine.get("orders/batch/").json() == placed
