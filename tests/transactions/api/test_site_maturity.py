"""A partner asks how mature a site is: the measured level and its date, or null where nobody has measured one."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from dealers import standing
from dealers.models import Dealer
from dealers.standing import Standing
from tests import factories
from tests.factories import Machine, Shop

pytestmark = pytest.mark.django_db
WHEN = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)


@pytest.fixture
def shop() -> Shop:
    return factories.shop(money=0)


@pytest.fixture
def machine(shop: Shop) -> Machine:
    return factories.machine(shop.dealer)


@pytest.fixture
def measured(shop: Shop) -> Iterator[None]:
    def measure(dealer: Dealer) -> Standing | None:
        return Standing(level=2, measured_at=WHEN) if dealer == shop.dealer else None

    standing.measured.connect(measure)
    yield
    standing.measured.disconnect(measure)


def test_no_level_is_claimed_that_nobody_measured(shop: Shop, machine: Machine) -> None:
    answer = machine.get(f"sites/{shop.dealer.slug}/maturity")
    assert answer.json() == {"slug": shop.dealer.slug, "name": shop.dealer.name, "level": None, "measured_at": None}


@pytest.mark.usefixtures("measured")
def test_a_measured_level_comes_with_its_time(shop: Shop, machine: Machine) -> None:
    answer = machine.get(f"sites/{shop.dealer.slug}/maturity").json()
    assert (answer["level"], datetime.fromisoformat(answer["measured_at"])) == (2, WHEN)
    other = factories.shop(money=0)
    assert machine.get(f"sites/{other.dealer.slug}/maturity").json()["level"] is None


def test_a_site_that_is_not_here_is_a_problem(machine: Machine) -> None:
    answer = machine.get("sites/tidak-ada/maturity")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
