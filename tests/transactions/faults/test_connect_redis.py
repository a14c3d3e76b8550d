"""Redis is away, hung or full: the shop sells as before, at once, and the limits still hold in this process."""

import socket
import time
from collections.abc import Iterator

import pytest
import redis
from pytest_django import Settings

from portal.lib import limits
from tests.factories import Shop
from tests.proxy import Proxy
from tests.transactions.faults import driving
from tests.transactions.storefront_rig import PRICE, Storefront
from transactions.models import Status
from transactions.suppliers.simulator import Simulator

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_breaker", limits._Breaker())
    monkeypatch.setattr(limits, "_memory", limits._Memory())


@pytest.fixture
def here(shop: Shop) -> Storefront:
    """The customer at the form."""
    there = Storefront(shop)
    there.browser.force_login(shop.customer, backend="django.contrib.auth.backends.ModelBackend")
    return there


@pytest.fixture(params=["down", "hung", "resetting", "full"])
def _without_redis(request: pytest.FixtureRequest, settings: Settings) -> Iterator[None]:
    if request.param == "full":
        server = redis.Redis.from_url(settings.REDIS_URL)
        before = str(server.config_get("maxmemory")["maxmemory"])
        server.config_set("maxmemory", "1")
        yield
        server.config_set("maxmemory", before)
        return
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    # Nobody listens behind the line either: nothing may depend on what Redis says.
    with Proxy(("127.0.0.1", port)) as line:
        if request.param == "hung":
            line.blackhole()
        elif request.param == "resetting":
            line.reset()
        settings.REDIS_URL = f"redis://127.0.0.1:{port if request.param == 'down' else line.port}/0"
        yield


@pytest.mark.usefixtures("_without_redis")
def test_a_sale_is_made_paid_and_delivered_without_redis(here: Storefront, simulator: Simulator) -> None:
    began = time.monotonic()
    page = here.browser.get(here.address)
    prices = here.browser.post(f"{here.address}quote/", {"destination": "0812"})
    order = here.bought(gateway="balance")
    assert time.monotonic() - began < 3
    assert (page.status_code, prices.status_code) == (200, 200)
    assert "Rp11.000" in prices.content.decode()
    assert order.status == Status.PAID
    assert here.shop.balance() == 1_000_000 - PRICE
    driving.step()
    assert here.shop.order(order).status == Status.SUCCEEDED
    assert driving.delivered(simulator, order) == len(simulator.log()) == 1


@pytest.mark.usefixtures("_without_redis")
def test_too_many_orders_are_still_refused_without_redis(here: Storefront, settings: Settings) -> None:
    settings.GUEST_ORDERS_PER_MINUTE = 2
    answers = [here.send(gateway="balance", destination=f"0812 3456 000{n}") for n in range(3)]
    assert [answer.status_code for answer in answers] == [303, 303, 429]
    assert int(answers[2]["Retry-After"]) >= 1
    assert here.orders() == 2
