"""A partner with addresses that listen on loopback, and orders that end as the test says."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from django.db import connection

from portal.lib import tenancy
from tests import factories
from tests.factories import Machine, Shop
from tests.transactions import scripted
from transactions import dispatch, fulfilment, states, webhook_endpoints
from transactions.models import Attempt, DueKind, HookFormat, Order, WebhookDelivery, WebhookEndpoint

SECRET = "whsec_bWl0cmEtZGVtby1zZWNyZXQtMzItYnl0ZXMtbG9uZyE="


@dataclass
class Heard:
    """One request as it came over the wire."""

    headers: dict[str, str]
    body: bytes


@dataclass
class Ear:
    """A receiver: what it heard, and how it answers."""

    url: str = ""
    status: int = 200
    answer_headers: dict[str, str] = field(default_factory=dict)
    answer: bytes = b"{}"
    heard: list[Heard] = field(default_factory=list)
    may_answer: threading.Event = field(default_factory=threading.Event)
    """Set, unless a test keeps it from answering."""
    at_once: int = 0
    most_at_once: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, heard: Heard) -> None:
        """Keep a request, and wait until it may be answered."""
        with self.lock:
            self.heard.append(heard)
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        self.may_answer.wait(30)
        with self.lock:
            self.at_once -= 1


@contextmanager
def listening() -> Iterator[Ear]:
    """A receiver on loopback, for as long as the block runs."""
    ear = Ear()
    ear.may_answer.set()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            ear.take(Heard({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(ear.status)
            for name, value in {"content-length": str(len(ear.answer)), **ear.answer_headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(ear.answer)

        def log_message(self, *_args: object) -> None:
            """Nothing on the test's output."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    ear.url = f"http://127.0.0.1:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield ear
    finally:
        ear.may_answer.set()
        server.shutdown()
        server.server_close()


@dataclass
class Rig:
    """A dealer, its partner's machine, and what the partner was told."""

    shop: Shop
    machine: Machine

    @property
    def dealer_id(self) -> int:
        return self.shop.dealer.pk

    def endpoint(self, url: str, how: HookFormat = HookFormat.NATIVE, secret: str = SECRET) -> WebhookEndpoint:
        """A new endpoint of the partner."""
        with tenancy.inside(self.dealer_id):
            return webhook_endpoints.add(self.machine.partner, url=url, how=how, secret=secret).endpoint

    def order(self, ref_id: str = "A-1", **fields: object) -> Order:
        """The partner buys; the order waits for a verdict of its supplier."""
        code = self.machine.orders(ref_id=ref_id, **fields).json()["code"]
        with tenancy.inside(self.dealer_id):
            order = states.lock(self.dealer_id, Order.objects.get(code=code).pk)
            fulfilment.decide(order)
            return order

    def end(self, order: Order, code: str = "00") -> None:
        """The supplier's verdict: "00" or "02"."""
        with tenancy.inside(self.dealer_id):
            attempt = Attempt.objects.get(order=order)
        fulfilment.record(self.dealer_id, attempt.pk, scripted.verdict(code, 10_000), source="callback")

    def sold(self, ref_id: str = "A-1", code: str = "00") -> Order:
        """An order with its end."""
        order = self.order(ref_id)
        self.end(order, code)
        return order

    def deliveries(self) -> list[WebhookDelivery]:
        """All that was written, oldest first."""
        with tenancy.inside(self.dealer_id):
            return list(WebhookDelivery.objects.order_by("pk").select_related("endpoint"))

    def delivery(self) -> WebhookDelivery:
        """The only one."""
        (only,) = self.deliveries()
        return only

    def turn(self) -> int:
        """The dispatcher does everything that is due now."""
        return dispatch.run_once()

    def due_now(self) -> None:
        """Time passes for the queue: whatever waits is due."""
        with connection.cursor() as cursor:
            cursor.execute("UPDATE due SET due_at = now() WHERE kind = %s", [DueKind.WEBHOOK])


def rig() -> Rig:
    """A shop whose supplier says what the test has it say, and a partner with money."""
    shop = factories.shop(money=0)
    return Rig(shop, factories.machine(shop.dealer))
