"""Two taps on one form meet in the middle: the second sees the first one's order commit while it is still asking."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from tests import factories
from tests.factories import Shop
from tests.transactions.faults import driving
from transactions import orders
from transactions.models import Order
from transactions.suppliers.simulator import Simulator

pytestmark = pytest.mark.django_db(transaction=True)


Race = Callable[[orders.Ask], list[Order]]


@pytest.fixture
def meanwhile(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Race:
    """Somebody places this right before the next purchase looks whether the same was bought before."""

    def arrange(ask: orders.Ask) -> list[Order]:
        made: list[Order] = []
        real = orders.bought_before

        def late(*given: object) -> Order | None:
            monkeypatch.setattr(orders, "bought_before", real)
            with ThreadPoolExecutor(1) as pool:
                made.append(pool.submit(_place, shop, ask).result(30))
            return real(*given)  # type: ignore[arg-type]  # passed on as it came

        monkeypatch.setattr(orders, "bought_before", late)
        return made

    return arrange


def _place(shop: Shop, ask: orders.Ask) -> Order:
    try:
        return orders.place(shop.dealer, ask).order
    finally:
        connections.close_all()


def test_the_second_tap_gets_the_order_and_no_question(shop: Shop, simulator: Simulator, meanwhile: Race) -> None:
    ask = factories.ask(shop.product, gateway="balance", customer=shop.customer)
    first = meanwhile(ask)
    second = orders.place(shop.dealer, ask)
    assert (second.is_new, second.order) == (False, first[0])
    driving.step()
    assert driving.delivered(simulator, second.order) == len(simulator.log()) == 1


def test_another_form_for_the_same_number_is_asked_about(shop: Shop, meanwhile: Race) -> None:
    ask = factories.ask(shop.product, gateway="balance", customer=shop.customer)
    first = meanwhile(ask)
    other = factories.ask(shop.product, gateway="balance", customer=shop.customer, destination=ask.destination)
    with pytest.raises(orders.BoughtBefore) as asked:
        orders.place(shop.dealer, other)
    assert asked.value.order == first[0]
