"""The database ends a connection in the middle of a sale: 503, nothing taken, and the same form sells once."""

from collections.abc import Callable

import psycopg2
import pytest
from django.db import close_old_connections, connection

from tests.factories import Shop
from tests.transactions.faults import driving
from tests.transactions.storefront_rig import PRICE, Storefront, text_of
from transactions import ledger, orders, sales
from transactions.models import Order, Status
from transactions.suppliers.simulator import Simulator

pytestmark = pytest.mark.django_db(transaction=True)

Break = Callable[[object, str], None]


def terminate() -> None:
    """What a restart or an administrator does to the connection that this thread uses."""
    parameters = connection.get_connection_params()
    other = psycopg2.connect(**{name: value for name, value in parameters.items() if name != "cursor_factory"})
    try:
        with other, other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid])
            assert cursor.fetchone() == (True,)
    finally:
        other.close()


@pytest.fixture
def here(shop: Shop) -> Storefront:
    """The customer at the form."""
    there = Storefront(shop)
    there.browser.force_login(shop.customer, backend="django.contrib.auth.backends.ModelBackend")
    return there


@pytest.fixture
def breaks_before(monkeypatch: pytest.MonkeyPatch) -> Break:
    """Name a function, and the connection is ended once, right before its next call."""

    def arrange(module: object, name: str) -> None:
        real = getattr(module, name)

        def broken(*given: object, **named: object) -> object:
            monkeypatch.setattr(module, name, real)
            terminate()
            return real(*given, **named)

        monkeypatch.setattr(module, name, broken)

    return arrange


def is_sold_once(here: Storefront, simulator: Simulator, order: Order) -> None:
    assert here.orders() == 1
    assert here.shop.balance() == 1_000_000 - PRICE
    driving.step()
    assert here.shop.order(order).status == Status.SUCCEEDED
    assert driving.delivered(simulator, order) == len(simulator.log()) == 1


@pytest.mark.parametrize(
    ("module", "name"),
    [(sales, "standing"), (orders, "place_here"), (orders, "_question"), (ledger, "account_id"), (orders, "_call")],
)
def test_a_sale_that_is_broken_off_between_two_statements_is_made_by_the_same_form(
    here: Storefront, simulator: Simulator, breaks_before: Break, module: object, name: str
) -> None:
    form = here.filled(gateway="balance")
    breaks_before(module, name)
    lost = here.browser.post(here.address, form)
    assert (lost.status_code, lost["Retry-After"]) == (503, "5")
    assert "formulir yang dikirim ulang tidak menjadi pesanan kedua" in text_of(lost)
    assert here.orders() == 0
    assert here.shop.balance() == 1_000_000
    is_sold_once(here, simulator, here.at(here.browser.post(here.address, form)["Location"]))


def test_a_sale_that_is_broken_off_after_the_money_was_held_holds_nothing(
    here: Storefront, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    form, call = here.filled(gateway="balance"), orders._call

    def then_broken(*given: object) -> object:
        placed = call(*given)  # type: ignore[arg-type]  # passed on as it came
        terminate()
        return placed

    with monkeypatch.context() as patched:
        patched.setattr(orders, "_call", then_broken)
        lost = here.browser.post(here.address, form)
    assert (lost.status_code, lost["Retry-After"]) == (503, "5")
    assert here.orders() == 0
    assert here.shop.balance() == 1_000_000
    is_sold_once(here, simulator, here.at(here.browser.post(here.address, form)["Location"]))


def test_a_connection_that_was_ended_between_two_requests_is_replaced_unseen(
    here: Storefront, simulator: Simulator
) -> None:
    assert here.browser.get(here.address).status_code == 200
    terminate()
    close_old_connections()  # what every request does outside the test client
    is_sold_once(here, simulator, here.bought(gateway="balance"))
