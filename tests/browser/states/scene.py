"""What a state is: a name, a way to get a page there, and words that must be on it in each language.

Ways are found by their place in the form, never by their words, so that one way serves both languages.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

from django.conf import settings as django_settings
from playwright.sync_api import Locator, Page, expect
from pytest import MonkeyPatch
from pytest_django import Settings

from dealers.models import User
from portal.lib import tenancy
from tests import factories
from tests.browser.visitor import SHOP
from tests.transactions import served
from tests.transactions.desk_rig import signed_in
from tests.transactions.storefront_rig import Storefront
from transactions import payments
from transactions.models import Brand, Kind, Order, Payment, Price, Product, Route, Tier
from transactions.suppliers.simulator import Simulator

NUMBER = "081234567001"
OFFLINE = ("Failed to load resource: net::ERR_", "An unknown error occurred when fetching the script.")
"""What the browser remarks where there is no internet: of a page, and of a service worker that it was fetching."""
_tx = count(1)


@dataclass
class Scene:
    """A shop, a page in one language, and what may be done to both."""

    page: Page
    shop: factories.Shop
    simulator: Simulator
    settings: Settings
    patch: MonkeyPatch
    language: str

    def opens(self, order: Order, action: str = "") -> None:
        """The secret link of an order, or of one of its actions."""
        self.page.goto(self.link(order, action))

    def link(self, order: Order, action: str = "") -> str:
        """Where that is."""
        mark = "&" if "?" in action else "?"
        return f"/o/{order.code}/{action}{mark}t={order.secret}"

    def ordered(self, ending: str = "", *, gateway: str = "sandbox", **fields: object) -> Order:
        """A guest's order with a code to pay it by."""
        chosen = {"gateway": gateway, "customer": None, "destination": factories.number(ending), **fields}
        product = chosen.pop("product", self.shop.product)
        assert isinstance(product, Product)
        order = factories.place(self.shop.dealer, product, **chosen)
        with tenancy.inside(self.shop.dealer.pk):
            payments.start(order)
        return order

    def receives(self, order: Order, amount: int = 0, *, times: int = 1) -> None:
        """The gateway reports money for the newest code, `times` times."""
        with tenancy.inside(self.shop.dealer.pk):
            code = Payment.objects.filter(order=order).latest("id")
        for _ in range(times):
            money = payments.Money(
                gateway=code.gateway, gateway_tx=f"tx-{next(_tx)}", amount=amount or code.amount or order.price
            )
            payments.receive(self.shop.dealer.pk, payment_code=code.code, money=money)

    def bought(self, ending: str = "", **fields: object) -> Order:
        """A guest's order that was paid; the last digits decide what the supplier says."""
        order = self.ordered(ending, **fields)  # type: ignore[arg-type]
        self.receives(order)
        return order

    def earlier(self, order: Order, by: timedelta, *names: str) -> None:
        """Move moments of an order into the past."""
        with tenancy.inside(self.shop.dealer.pk):
            row = Order.objects.get(pk=order.pk)
            moved = {name: getattr(row, name) - by for name in names if getattr(row, name) is not None}
            Order.objects.filter(pk=order.pk).update(**moved)

    def waits_for(self, tone: str) -> None:
        """The page shows this tone by itself."""
        expect(self.page.locator(f".status.{tone}").first).to_be_visible(timeout=20_000)

    def signs_in(self, user: User) -> None:
        """Give the browser the session of somebody who has signed in."""
        name = django_settings.SESSION_COOKIE_NAME
        self.page.goto("/robots.txt")
        address = self.page.url.removesuffix("/robots.txt")
        self.page.context.add_cookies([{"name": name, "value": signed_in(user).cookies[name].value, "url": address}])

    def types(self, number: str, address: str = SHOP) -> Locator:
        """The shop's form with a number in it; the tiles."""
        self.page.goto(address)
        self.page.locator("#destination").press_sequentially(number)
        return self.page.locator("#grid .tile")

    def fills(self, number: str = NUMBER, address: str = SHOP) -> None:
        """A number and the first voucher."""
        tiles = self.types(number, address)
        expect(tiles.first).to_be_visible()
        tiles.first.click()

    def presses_pay(self) -> None:
        """The button of the bar."""
        self.page.locator("#sale .pay .btn").click()

    def pays_with(self, gateway: str) -> None:
        """Choose a way to pay on the shop's form."""
        if self.page.locator("#others").count():
            self.page.locator("#others summary").click()
        self.page.locator(f'#pay .method:has(input[value="{gateway}"])').click()

    def sees(self, selector: str) -> Locator:
        """Wait for a piece of the page."""
        found = self.page.locator(selector).first
        expect(found).to_be_visible(timeout=20_000)
        return found


@dataclass(frozen=True, kw_only=True)
class State:
    """A state by name; `says` is what must be read there, in Indonesian and English."""

    name: str
    arrive: Callable[[Scene], None]
    says: dict[str, str]
    complains: tuple[str, ...] = ()
    """How remarks of the browser begin that belong to this state."""


STATES: dict[str, State] = {}
Arrive = Callable[[Scene], None]


def state(name: str, indonesian: str, english: str, *, complains: tuple[str, ...] = ()) -> Callable[[Arrive], Arrive]:
    """Register a way under its name, with what must be read there."""

    def keep(arrive: Arrive) -> Arrive:
        assert name not in STATES, name
        says = {"id": indonesian, "en": english}
        STATES[name] = State(name=name, arrive=arrive, says=says, complains=complains)
        return arrive

    return keep


def squeezed(text: str) -> str:
    """A text with its white space as a reader sees it."""
    return re.sub(r"\s+", " ", text)


def tills(here: Scene) -> None:
    """The shop takes QRIS and transfers."""
    factories.qris(here.shop.dealer)
    factories.bank_account(here.shop.dealer)


@dataclass(frozen=True)
class Ware:
    """Something to sell beside the shop's one product; rupiah."""

    sku: str
    name: str
    kind: Kind
    price: int
    brand: str = "TSEL"
    nominal: int = 0
    route: Mapping[str, object] = field(default_factory=dict)


PULSA = tuple(
    Ware(f"TSEL{n}", f"Telkomsel {n}.000", Kind.PULSA, price, nominal=n * 1_000)
    for n, price in ((5, 6_000), (15, 16_000), (20, 20_900), (25, 25_800), (50, 50_200), (100, 99_300))
)
DATA = tuple(
    Ware(sku, f"Telkomsel Data {size}", Kind.DATA, price)
    for sku, size, price in (
        ("TSELGB1", "1 GB 3 Hari", 13_200),
        ("TSELGB3", "3 GB 7 Hari", 26_200),
        ("TSELGB5", "5 GB 30 Hari", 47_000),
        ("TSELGB12", "12 GB 30 Hari", 79_000),
        ("TSELGB25", "25 GB 30 Hari", 115_000),
    )
)
TOKENS = tuple(
    Ware(f"PLN{n}", f"Token PLN {n}.000", Kind.PLN, n * 1_000 + 1_500, "PLN", n * 1_000) for n in (20, 50, 100)
)


def stock(here: Scene, *wares: Ware) -> Product:
    """Put them on sale, supplied by the simulator; the last one."""
    dealer = here.shop.dealer
    with tenancy.inside(dealer.pk):
        for ware in wares:
            made = Product.objects.create(
                dealer=dealer,
                sku=ware.sku,
                name=ware.name,
                kind=ware.kind,
                brand=Brand.objects.get(code=ware.brand),
                nominal=ware.nominal,
            )
            Price.objects.create(dealer=dealer, product=made, tier=Tier.RETAIL, amount=ware.price)
            route = {"supplier": here.shop.supplier, "supplier_sku": ware.sku, "cost": ware.price - 700, **ware.route}
            Route.objects.create(dealer=dealer, product=made, **route)
    return made


def serves(here: Scene, **fields: Any) -> None:
    """Orders that ended before, as `served.serve` makes them, behind the back of the dispatcher at work."""
    with tenancy.inside(here.shop.dealer.pk):
        served.serve(Storefront(here.shop), **fields)
