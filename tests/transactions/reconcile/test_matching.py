"""Two lists of a day: what is certainly the same agrees, what is not is found with its kind and its rupiah."""

import random
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from transactions.models import DifferenceKind
from transactions.reconcile.matching import Matched, Ours, match
from transactions.suppliers.base import Outcome, StatementLine

AT = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


def ours(reference: str = "K2A7-1", **fields: Any) -> Ours:
    given = {"pk": hash(reference), "order_id": 1, "outcome": Outcome.SUCCEEDED, "cost": 10_200, "at": AT}
    said = {"sku": "TSEL10", "destination": "+6281234567890", "sn": "0031889077129"}
    return Ours(reference=reference, **{**given, **said, **fields})


def theirs(reference: str = "K2A7-1", **fields: Any) -> StatementLine:
    given = {"outcome": Outcome.SUCCEEDED, "price": 10_200, "sku": "TSEL10", "destination": "081234567890"}
    return StatementLine(reference=reference, **{**given, "sn": "0031889077129", "at": AT, **fields})


def kinds(found: Matched) -> list[tuple[str, int]]:
    """Kind and rupiah of each finding."""
    return [(finding.kind, finding.amount) for finding in found.findings]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"reference": " k2a7-1 "},
        {"reference": "'K2A7–1"},
        {"sn": "0031 8890 7712 9"},
        {"sn": ""},
        {"sku": "tsel10"},
        {"sku": ""},
        {"destination": "6281234567890"},
        {"destination": "81234567890"},
        {"destination": "0812-3456-7890"},
        {"destination": "0812****890"},
        {"at": AT + timedelta(hours=9)},
        {"at": None},
    ],
    ids=str,
)
def test_another_spelling_of_the_same_sale_agrees(fields: dict[str, Any]) -> None:
    found = match([ours()], [theirs(**fields)])
    assert (found.agreed, kinds(found)) == (1, [])


def test_a_token_agrees_with_the_same_token_and_its_owners_name() -> None:
    long = "1234-5678-9012-3456-7890/SITI AMINAH/R1/1300VA/13,3"
    assert match([ours(sn=long)], [theirs(sn="12345678901234567890")]).agreed == 1


@pytest.mark.parametrize(
    ("fields", "kind", "amount"),
    [
        ({"price": 10_300}, DifferenceKind.PRICE, 100),
        ({"price": 10_150}, DifferenceKind.PRICE, -50),
        ({"outcome": Outcome.FAILED, "price": 0}, DifferenceKind.OUTCOME, -10_200),
        ({"outcome": Outcome.PENDING}, DifferenceKind.OUTCOME, -10_200),
        ({"destination": "081234567891"}, DifferenceKind.CONTENT, 0),
        ({"sku": "TSEL20"}, DifferenceKind.CONTENT, 0),
        ({"sn": "999"}, DifferenceKind.CONTENT, 0),
    ],
    ids=str,
)
def test_a_pair_that_differs_is_found(fields: dict[str, Any], kind: DifferenceKind, amount: int) -> None:
    found = match([ours()], [theirs(**fields)])
    assert (found.agreed, kinds(found)) == (0, [(kind, amount)])


def test_a_sale_that_failed_here_and_was_charged_there_is_found() -> None:
    found = match([ours(outcome=Outcome.FAILED, cost=0)], [theirs()])
    assert kinds(found) == [(DifferenceKind.OUTCOME, 10_200)]


def test_a_failed_sale_agrees_whatever_price_stands_beside_it_or_when_it_is_not_listed() -> None:
    failed = [ours(outcome=Outcome.FAILED, cost=0), ours("K2A8-1", outcome=Outcome.FAILED, cost=0)]
    assert match(failed, [theirs(outcome=Outcome.FAILED, price=10_200)]).agreed == 2


def test_what_only_one_side_has_is_found_on_either() -> None:
    found = match([ours("A-1")], [theirs("B-1", price=500)])
    assert kinds(found) == [(DifferenceKind.MISSING_THERE, -10_200), (DifferenceKind.MISSING_HERE, 500)]


def test_a_line_told_twice_is_a_repeat() -> None:
    found = match([ours()], [theirs(), theirs(reference="k2a7-1", sn="0031-8890-77129")])
    assert (found.agreed, found.repeats, kinds(found)) == (1, 1, [])


def test_a_line_that_was_open_before_it_ended_is_a_repeat() -> None:
    found = match([ours()], [theirs(outcome=Outcome.PENDING, sn=""), theirs()])
    assert (found.agreed, found.repeats, kinds(found)) == (1, 1, [])


def test_a_second_charge_under_one_reference_is_found_with_its_price() -> None:
    found = match([ours()], [theirs(), theirs(sn="0031889079999", price=10_250)])
    assert (found.agreed, kinds(found)) == (1, [(DifferenceKind.DUPLICATE, 10_250)])


def test_a_second_charge_without_a_serial_number_is_told_by_its_time() -> None:
    found = match([ours(sn="")], [theirs(sn=""), theirs(sn="", at=AT + timedelta(minutes=3))])
    assert kinds(found) == [(DifferenceKind.DUPLICATE, 10_200)]


@pytest.mark.parametrize("outcome", [Outcome.SUCCEEDED, Outcome.FAILED, Outcome.PENDING])
def test_what_is_still_open_here_is_asked_about_and_never_decided(outcome: Outcome) -> None:
    pending = ours(outcome=Outcome.PENDING)
    found = match([pending], [theirs(outcome=outcome)])
    assert (found.unknown, found.agreed, kinds(found)) == ([pending], 0, [])


def test_without_patience_what_is_open_becomes_a_finding() -> None:
    found = match([ours(outcome=Outcome.PENDING, cost=0)], [theirs()], is_patient=False)
    assert kinds(found) == [(DifferenceKind.OUTCOME, 10_200)]


def test_a_sale_that_they_count_to_another_day_agrees() -> None:
    assert match([ours()], [], elsewhere={"K2A7-1"}).agreed == 1


def test_a_line_about_our_sale_of_another_day_agrees() -> None:
    found = match([ours(is_of_day=False)], [theirs()])
    assert (found.agreed, kinds(found)) == (1, [])


def test_a_sale_before_midnight_waits_for_their_next_day_until_patience_ends() -> None:
    late = ours(may_be_tomorrows=True)
    assert match([late], []).tomorrows == [late]
    assert kinds(match([late], [], is_patient=False)) == [(DifferenceKind.MISSING_THERE, -10_200)]


def test_two_references_that_differ_in_case_only_are_told_apart() -> None:
    found = match([ours("a-1"), ours("A-1", cost=9_000)], [theirs("a-1"), theirs("A-1", price=9_000)])
    assert (found.agreed, kinds(found)) == (2, [])


def test_a_reference_that_fits_two_sales_is_not_guessed() -> None:
    found = match([ours("a-1"), ours("A-1")], [theirs(" A-1 ")])
    assert {kind for kind, _amount in kinds(found)} == {DifferenceKind.MISSING_THERE, DifferenceKind.MISSING_HERE}


def test_findings_stand_in_an_order_that_does_not_depend_on_the_lines() -> None:
    sides = [ours(f"K{n}-1") for n in range(20)], [theirs(f"K{n}-1", price=n) for n in range(20)]
    first = [finding.place for finding in match(*sides).findings]
    for side in sides:
        random.Random(1).shuffle(side)
    assert [finding.place for finding in match(*sides).findings] == first == sorted(first)


def test_ten_thousand_lines_take_less_than_three_seconds() -> None:
    mine = [ours(f"K{n:05d}-1") for n in range(10_000)]
    said = [theirs(f"k{n:05d}-1 ", price=10_200 + (n % 1_000 == 0)) for n in range(10_000)]
    began = time.monotonic()
    found = match(mine, said)
    assert time.monotonic() - began < 3
    assert (found.agreed, len(found.findings)) == (9_990, 10)
