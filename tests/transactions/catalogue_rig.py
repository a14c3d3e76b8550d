"""Adding to a catalogue as staff do it: a form that is shown with what it would do, then sent again."""

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from portal.lib import tenancy
from tests import factories
from tests.transactions.desk_rig import Desk
from transactions.models import MarkupRule, Product, Route, Supplier, Tier
from transactions.suppliers.simulator import Simulator

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse

    Answer = _MonkeyPatchedWSGIResponse
else:
    Answer = HttpResponse

Fields = dict[str, str | list[str]]


def send(browser: Client, name: str, /, *arguments: object, **fields: str | list[str]) -> Answer:
    """Post a form of the desk."""
    return browser.post(reverse(f"desk:{name}", args=arguments), fields)


def agree(browser: Client, name: str, /, *arguments: object, **fields: str | list[str]) -> Answer:
    """Post a form, see what it would do, and post it again with that seen."""
    shown = send(browser, name, *arguments, **fields)
    assert shown.status_code == 200, shown.headers
    assert shown.context["effect"] is not None, shown.content.decode()
    return send(browser, name, *arguments, **fields, seen=shown.context["effect"].digest)


def text(answer: Answer) -> str:
    """The page."""
    return answer.content.decode()


def rule(here: Desk, **fields: object) -> None:
    """A price for customers follows from every cost: 800 more."""
    with tenancy.inside(here.shop.dealer.pk):
        MarkupRule.objects.create(**{"dealer": here.shop.dealer, "tier": Tier.RETAIL, "fixed": 800, **fields})


def second(here: Desk, code: str = "kedua") -> Supplier:
    """One more supplier, from whom nothing is bought yet."""
    return factories.supplier(here.shop.dealer, code)


def product(here: Desk, sku: str) -> Product:
    """The product under this code, as it stands now."""
    with tenancy.inside(here.shop.dealer.pk):
        return Product.objects.select_related("brand").get(dealer=here.shop.dealer, sku=sku)


def routes(here: Desk, sku: str) -> list[tuple[str, str, int, int]]:
    """Supplier, its code, cost and rank of each route of a product."""
    with tenancy.inside(here.shop.dealer.pk):
        rows = Route.objects.filter(dealer=here.shop.dealer, product__sku=sku)
        return list(rows.values_list("supplier__code", "supplier_sku", "cost", "rank"))


def account(simulator: Simulator, **fields: str) -> dict[str, str]:
    """The form of a supplier who is the simulator."""
    known = simulator.account("konter-a")
    given = {"connector": "digiflazz", "name": "Digiflazz", "code": "flazz", "base_url": simulator.url}
    return {**given, "username": known.username, "api_key": known.api_key, **fields}
