"""A shop and somebody at its buy form: what the page holds, and what a browser would send of it."""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from portal.lib import tenancy
from tests import factories
from transactions import form_tokens, fulfilment, payments, states
from transactions.models import Order, Payment
from transactions.suppliers.base import Outcome, Reason, Verdict

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse

    Answer = _MonkeyPatchedWSGIResponse
else:
    Answer = HttpResponse

UNREACHABLE = "http://127.0.0.1:9"
PRICE = 11_000
YES = Verdict(outcome=Outcome.SUCCEEDED, rc="00", reason=Reason.NONE, sn="0031889077129", raw="{}")
_addresses = count(1)
NO = Verdict(outcome=Outcome.FAILED, rc="02", reason=Reason.NUMBER_BLOCKED, raw="{}")


def guest() -> Client:
    """A browser at an address of its own: rate limits are counted in the Redis of the whole run."""
    n = next(_addresses)
    return Client(REMOTE_ADDR=f"198.18.{n // 250}.{n % 250 + 1}")


@dataclass
class Storefront:
    """One dealer's shop and a buyer's browser."""

    shop: factories.Shop
    browser: Client = field(default_factory=guest)

    @property
    def address(self) -> str:
        """Where the form stands."""
        return f"/k/{self.shop.dealer.slug}/"

    def token(self, *, age: timedelta = timedelta(0)) -> str:
        """The token of a form that was shown `age` ago."""
        with patch("transactions.form_tokens.timezone.now", return_value=timezone.now() - age):
            return form_tokens.make(self.shop.dealer.pk)

    def filled(self, **fields: str) -> dict[str, str]:
        """A form as a guest would send it."""
        given = {
            "destination": "0812 3456 7890",
            "sku": "TSEL10",
            "gateway": "cash",
            "token": self.token(),
            "jenis": "pulsa",
        }
        return {**given, **fields}

    def send(self, **fields: str) -> Answer:
        """Press the button."""
        return self.browser.post(self.address, self.filled(**fields))

    def bought(self, **fields: str) -> Order:
        """Press the button, and see an order made of it."""
        answer = self.send(**fields)
        assert answer.status_code == 303, answer.content.decode()[:2000]
        return self.at(answer["Location"])

    def at(self, address: str) -> Order:
        """The order behind a secret link."""
        code = address.split("/")[2]
        with tenancy.inside(self.shop.dealer.pk):
            return Order.objects.select_related("product").get(code=code)

    def orders(self) -> int:
        """How many orders stand in the dealer's book."""
        with tenancy.inside(self.shop.dealer.pk):
            return Order.objects.count()

    def open_payment(self, order: Order) -> Payment | None:
        """The code by which an order can be paid."""
        with tenancy.inside(self.shop.dealer.pk):
            return Payment.objects.filter(order=order, state="open").first()

    def sends_again(self, answer: Answer, form: str = 'class="row"', **fields: str) -> Answer:
        """Fill in and send the form on a page that was answered: the hidden fields as they stand there."""
        page = answer.content.decode()
        start = page.index(form)
        return self.browser.post(self.address, {**hidden(page[start : page.index("</form>", start)]), **fields})

    def link(self, order: Order, action: str = "") -> str:
        """The secret link of an order, or of one of its actions."""
        return f"/o/{order.code}/{action}?t={order.secret}"

    def page(self, order: Order, action: str = "") -> str:
        """What the buyer sees there."""
        answer = self.browser.get(self.link(order, action))
        assert answer.status_code == 200, answer.status_code
        return text_of(answer)

    def pays(self, order: Order, amount: int = PRICE, tx: str = "tx-1") -> None:
        """The gateway reports money for the newest code."""
        with tenancy.inside(self.shop.dealer.pk):
            code = Payment.objects.filter(order=order).latest("id").code
        money = payments.Money(gateway=order.gateway, gateway_tx=tx, amount=amount)
        payments.receive(self.shop.dealer.pk, payment_code=code, money=money)

    def is_sent(self, order: Order, verdict: Verdict | None = None) -> int:
        """The order goes to the supplier, which says `verdict` or nothing; the attempt's id."""
        dealer_id = self.shop.dealer.pk
        with tenancy.inside(dealer_id):
            call = fulfilment.decide(states.lock(dealer_id, order.pk))
        assert call is not None
        if verdict is not None:
            fulfilment.record(dealer_id, call.attempt_id, verdict, source="callback")
        return call.attempt_id

    def long_ago(self, order: Order, age: timedelta, *names: str) -> None:
        """Write another time into an order's fields."""
        with tenancy.inside(self.shop.dealer.pk):
            Order.objects.filter(pk=order.pk).update(**dict.fromkeys(names, timezone.now() - age))


def storefront(**fields: Any) -> Storefront:
    """A shop with one supplier that nobody calls, and a guest's browser."""
    return Storefront(factories.shop(url=UNREACHABLE, **fields))


def hidden(html: str) -> dict[str, str]:
    """The hidden fields of a piece of a page."""
    return dict(re.findall(r'type="hidden"\s+name="([^"]+)"\s+value="([^"]*)"', html))


def text_of(answer: Answer) -> str:
    """A page's source with white space as a reader sees it."""
    return re.sub(r"\s+", " ", answer.content.decode())
