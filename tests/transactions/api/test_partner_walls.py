"""Partner A never sees a byte of partner B, nor changes one: every address of both dialects, asked with what is B's.

Addresses are taken from the URLconf, so that a new one is asked too; what it is asked for is named by its own words.
"""

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, reverse
from pytest_django import Settings

from dealers import partners
from portal.lib import tenancy
from tests import factories
from tests.factories import Machine
from tests.transactions.webhook_rig import Rig
from transactions import deposit_tickets
from transactions.api.digiflazz import urls as digiflazz
from transactions.api.native import urls as native
from transactions.deposit_tickets import Wish
from transactions.models import (
    DepositTicket,
    HookFormat,
    Order,
    SandboxOrder,
    TicketSource,
    WebhookDelivery,
    WebhookEndpoint,
)

pytestmark = pytest.mark.django_db
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
REF, TRIAL, NUMBER, SN = "RAHASIA-B-1", "RAHASIA-B-2", "081299887766", "0031 8890 7712"
HOOK = "http://127.0.0.1:9/rahasia-b"


class Prey:
    """Partner B with something of everything, and the words by which it would be recognised."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.machine = rig.machine
        self.hook = rig.endpoint(HOOK, HookFormat.DIGIFLAZZ, "rahasia-webhook-b")
        self.order = rig.order(REF, destination=NUMBER)
        rig.end(self.order)
        self.delivery = rig.delivery()
        with tenancy.inside(rig.dealer_id):
            toy = partners.issue(self.machine.partner, by=None, is_sandbox=True).plain
        sent = {"ref_id": TRIAL, "sku": "TSEL10", "destination": NUMBER}
        tried = Client(headers={"Authorization": f"Bearer {toy}"}).post("/api/v1/orders/", sent, "application/json")
        self.trial = tried.json()["code"]
        with tenancy.inside(rig.dealer_id):
            factories.bank_account(rig.shop.dealer)
            wish = Wish(amount=50_000, source=TicketSource.API)
        self.ticket = deposit_tickets.open_(self.machine.partner, wish).ticket.code

    @property
    def words(self) -> dict[str, Any]:
        """What is B's, by the names under which a path, a query or a body asks for it."""
        return {
            "ref_id": REF,
            "code": self.hook.code,
            "endpoint": self.hook.code,
            "pk": self.delivery.pk,
            "id": self.delivery.pk,
            "url": "https://203.0.113.7/",
            "partner": self.machine.partner.pk,
            "username": self.machine.partner.username,
            "rest": "nichts",
            "slug": self.rig.shop.dealer.slug,
        }

    @property
    def marks(self) -> set[str]:
        """Bytes that nobody but B may see."""
        return {
            REF,
            TRIAL,
            NUMBER,
            self.order.code,
            self.trial,
            self.ticket,
            SN,
            HOOK,
            self.hook.code,
            self.machine.partner.username,
        }

    def state(self) -> list[Any]:
        """Everything of B's that a call could change."""
        mine = {"dealer_id": self.rig.dealer_id, "partner": self.machine.partner}
        with tenancy.inside(self.rig.dealer_id):
            kept = [
                list(kind.objects.filter(**mine).order_by("pk").values())
                for kind in (Order, SandboxOrder, WebhookEndpoint, WebhookDelivery, DepositTicket)
            ]
        return [*kept, self.machine.get("balance/").json()]


@pytest.fixture
def prey(settings: Settings) -> Prey:
    settings.OUTBOUND_ALLOW_NETWORKS = ["127.0.0.0/8"]
    shop = factories.shop(money=0)
    return Prey(Rig(shop, factories.machine(shop.dealer, username="mangsa-b")))


def patterns(module: Any) -> Iterator[URLPattern]:
    for pattern in module.urlpatterns:
        assert isinstance(pattern, URLPattern), "walk into it too"
        yield pattern


def address(space: str, pattern: URLPattern, words: dict[str, Any]) -> str:
    """Its address with B's things in it; a new name of a part needs a word."""
    given = {name: words[name] for name in pattern.pattern.regex.groupindex}
    given |= {name: words[name] for name in getattr(pattern.pattern, "converters", {})}
    return reverse(f"{space}:{pattern.name}", kwargs=given)


NATIVE = [each for each in patterns(native) if each.name not in {"schema", "docs"}]  # both are public
WHERE = ("the same dealer", "another dealer")


def hunter(prey: Prey, where: str, **key: Any) -> Machine:
    dealer = prey.rig.shop.dealer if where == WHERE[0] else factories.shop(slug="sana", money=0).dealer
    return factories.machine(dealer, username="pemburu-a", **key)


def seen(content: bytes, prey: Prey, *, sent: str) -> set[str]:
    """Marks of B in an answer that A did not send itself."""
    text = content.decode()
    return {mark for mark in prey.marks if mark in text and mark not in sent}


@pytest.mark.parametrize("where", WHERE)
@pytest.mark.parametrize("pattern", NATIVE, ids=lambda each: each.name)
def test_a_native_call_with_what_is_bs(prey: Prey, pattern: URLPattern, where: str) -> None:
    before = prey.state()
    words = {**prey.words, **({"code": prey.ticket} if "deposit" in str(pattern.name) else {})}
    path = address("api", pattern, words)
    for is_sandbox in (False, True):
        machine = hunter(prey, where) if not is_sandbox else None
        found = machine or factories.machine(prey.rig.shop.dealer, username="pemburu-c", money=0, is_sandbox=True)
        for method in METHODS:
            for query in ({}, {**prey.words, "limit": "100"}):
                answer = found.client.generic(
                    method,
                    path,
                    b"{}" if method != "GET" else b"",
                    content_type="application/json",
                    query_params={name: str(value) for name, value in query.items()},
                )
                assert seen(answer.content, prey, sent="") == set(), f"{method} {path} {query}"
                assert answer.status_code < 500
    assert prey.state() == before


@pytest.mark.parametrize("where", WHERE)
def test_what_is_named_in_a_body_is_as_in_a_path(prey: Prey, where: str) -> None:
    machine, before = hunter(prey, where), prey.state()
    line = {**prey.words, "sku": "TSEL10", "destination": "081234567890"}
    mine = machine.post("orders/", line)
    again = machine.post("orders/batch/", {"orders": [line, {**line, "destination": NUMBER}]})
    change = machine.post("webhooks/", {**prey.words, "url": "http://127.0.0.1:9/a"})
    assert [mine.status_code, again.status_code, change.status_code] in ([201, 200, 201], [422, 200, 201])
    for answer in (mine, again, change):
        assert seen(answer.content, prey, sent=REF + NUMBER) == set()
    assert prey.state() == before


@pytest.mark.parametrize("where", WHERE)
@pytest.mark.parametrize("testing", [False, True])
@pytest.mark.parametrize("path", [each.name for each in patterns(digiflazz)])
def test_a_digiflazz_call_with_what_is_bs(prey: Prey, path: str, where: str, testing: bool) -> None:
    machine, before = hunter(prey, where), prey.state()
    (pattern,) = (each for each in patterns(digiflazz) if each.name == path)
    for salt in ("depo", "pricelist", "deposit", REF, TRIAL, NUMBER):
        for command in ("", "status-pasca", "inq-pasca", "pay-pasca"):
            body = {
                **prey.words,
                "username": "pemburu-a",
                "sign": hashlib.md5(f"pemburu-a{machine.key}{salt}".encode(), usedforsecurity=False).hexdigest(),
                "ref_id": TRIAL if salt == TRIAL else REF,
                "customer_no": NUMBER,
                "buyer_sku_code": "none",
                "commands": command,
                "testing": testing,
            }
            address_ = address("digiflazz", pattern, {**prey.words, "code": "0" * 12})
            answer = machine.client.post(address_, body, content_type="application/json")
            assert seen(answer.content, prey, sent=REF + TRIAL + NUMBER) == set(), f"{path} {salt} {command}"
            assert b'"status":"Sukses"' not in answer.content
    assert prey.state() == before


@pytest.mark.parametrize("where", WHERE)
def test_as_key_does_not_sign_for_b(prey: Prey, where: str) -> None:
    machine = hunter(prey, where)
    forged = hashlib.md5(f"mangsa-b{machine.key}{REF}".encode(), usedforsecurity=False).hexdigest()
    body = {"username": "mangsa-b", "sign": forged, "ref_id": REF, "commands": "status-pasca"}
    answer: Any = Client().post("/h2h/digiflazz/v1/transaction", body, content_type="application/json")
    assert (answer.status_code, answer.json()["data"]["rc"]) == (400, "41")


def test_b_itself_sees_all_of_it(prey: Prey) -> None:
    """Or the walls above would hold because there is nothing behind them."""
    own = prey.machine
    paths = [
        f"orders/{REF}/",
        f"orders/?ref_id={REF}",
        "webhooks/",
        "webhooks/deliveries/",
        "statements/",
    ]
    text = "".join(own.get(path).content.decode() for path in paths)
    assert {REF, NUMBER, prey.order.code, SN, HOOK, prey.hook.code} <= {mark for mark in prey.marks if mark in text}
