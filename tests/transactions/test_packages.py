"""Data packages are compared by what their names say."""

import pytest

from transactions import packages
from transactions.packages import Package, Sieve


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Telkomsel Data 3 GB 7 Hari", Package(3000, 7)),
        ("AXIS Data 1,5GB 30hr", Package(1500, 30)),
        ("by.U 500 MB 1 hari", Package(500, 1)),
        ("Telkomsel Data Malam", None),
        ("Telkomsel 10 GB", None),
        ("Data 0 GB 3 Hari", None),
    ],
)
def test_size_and_days_are_read_from_the_name(name: str, found: Package | None) -> None:
    assert packages.read(name) == found


def test_a_price_is_shown_for_a_gigabyte_and_a_day_to_the_nearest_hundred() -> None:
    package = Package(3000, 7)
    assert (package.per_gigabyte(26_200), package.per_day(26_200)) == (8_700, 3_700)


@pytest.mark.parametrize(("megabytes", "size"), [(3000, "3 GB"), (1500, "1,5 GB"), (500, "500 MB")])
def test_a_size_is_written_as_people_do(megabytes: int, size: str) -> None:
    assert Package(megabytes, 1).size == size


def test_the_sieve_holds_back_other_days_and_higher_prices() -> None:
    sieve = packages.sieve(days="14", price="25000", order="")
    assert sieve.lets_through(Package(3000, 7), 25_000)
    assert not sieve.lets_through(Package(3000, 7), 25_001)
    assert not sieve.lets_through(Package(3000, 30), 20_000)
    assert not sieve.lets_through(None, 20_000)


def test_a_sieve_that_asks_for_nothing_lets_everything_through() -> None:
    assert Sieve().lets_through(None, 1_000_000)


def test_what_a_sieve_does_not_know_counts_as_not_said() -> None:
    assert packages.sieve(days="x", price="1; drop", order="-id") == Sieve()


def test_the_smallest_comes_first_where_nothing_was_chosen() -> None:
    offers = [(Package(12_000, 30), 79_000), (None, 5_000), (Package(3000, 7), 26_200), (Package(1000, 3), 13_200)]
    found = sorted(offers, key=lambda offer: Sieve().place(*offer))
    assert [package.megabytes if package else 0 for package, _price in found] == [1000, 3000, 12_000, 0]


@pytest.mark.parametrize(("order", "first"), [("price", 1), ("per_gb", 2), ("size", 3), ("", 1)])
def test_packages_are_sorted_by_what_was_chosen(order: str, first: int) -> None:
    offers = {1: (Package(1000, 3), 12_000), 2: (Package(20_000, 30), 60_000), 3: (Package(25_000, 30), 110_000)}
    sieve = Sieve(order=order)
    assert min(offers, key=lambda n: sieve.place(*offers[n])) == first
