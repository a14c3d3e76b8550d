"""The connector to another Konter portal, with a real one behind it.

The other portal is this project's own server, reached over HTTP, with a dealer that buys from the simulator; its
dispatcher is turned by hand. Only the line between the two can be told to break answers.
"""

import base64
import dataclasses
import socket
import time

from portal.lib import tenancy
from tests import factories
from tests.factories import Machine, Shop
from tests.transactions.faults import driving
from tests.transactions.suppliers.contract import SECRET_OF_THE_TEST
from tests.transactions.suppliers.spoiler import Spoiler
from transactions import partner_orders, webhook_calls, webhooks
from transactions.models import Attempt, HookEvent, HookFormat, Order, Status
from transactions.suppliers.base import Credentials, Outcome, Reason, TopUp
from transactions.suppliers.konter import Konter
from transactions.suppliers.simulator import Simulator

HOOK_SECRET = "whsec_" + base64.b64encode(f"{SECRET_OF_THE_TEST}-too".encode()).decode()
_STATUS = {Outcome.SUCCEEDED: Status.SUCCEEDED, Outcome.FAILED: Status.FAILED, Outcome.PENDING: Status.PROCESSING}
_TURNS = 4


class KonterRig:
    """A partner's account at the other portal, with secrets of the test."""

    def __init__(self, simulator: Simulator, line: Spoiler, *, seconds: float = 1.5) -> None:
        self.simulator, self.line = simulator, line
        self.shop: Shop = factories.shop(url=simulator.url, money=0)
        self.machine: Machine = factories.machine(self.shop.dealer, username="toko-a", plain=SECRET_OF_THE_TEST)
        self.credentials = self.credentials_at(f"http://127.0.0.1:{line.port}", seconds=seconds)
        self.connector = Konter(self.credentials)
        self._sold = 0

    def credentials_at(self, url: str, *, seconds: float = 1.5, key: str = SECRET_OF_THE_TEST) -> Credentials:
        return Credentials(
            supplier_id=1,
            dealer_id=1,
            name="Portal lain",
            base_url=url,
            username="toko-a",
            api_key=key,
            callback_secret=HOOK_SECRET,
            call_seconds=seconds,
            check_seconds=seconds,
        )

    def ask(self, reference: str) -> TopUp:
        self._sold += 1
        return TopUp(
            reference=reference,
            supplier_sku="TSEL10",
            destination=f"0812345{self._sold:02d}001",
            max_price=11_000,
            not_after=time.monotonic() + 30,
        )

    def will(self, ask: TopUp, outcome: Outcome) -> None:
        fate = {Outcome.SUCCEEDED: "deliver", Outcome.FAILED: "fail", Outcome.PENDING: "pending"}[outcome]
        self.simulator.script(number=ask.destination, fate=fate)

    def work(self) -> bool:
        """The other portal's dispatcher does what is due."""
        for _ in range(_TURNS):
            driving.step()
        return True

    def finish(self, ask: TopUp, outcome: Outcome) -> None:
        rc = {Outcome.SUCCEEDED: "00", Outcome.FAILED: "02"}[outcome]
        for attempt in self._attempts(ask.reference):
            self.simulator.script(finish=attempt.reference, rc=rc)
        driving.pass_time(self.order(ask.reference))
        self.work()

    def order(self, reference: str) -> Order:
        """What the sale is at the other portal."""
        with tenancy.inside(self.shop.dealer.pk):
            return Order.objects.select_related("product__brand").get(ref_id=reference)

    def _attempts(self, reference: str) -> list[Attempt]:
        with tenancy.inside(self.shop.dealer.pk):
            return list(Attempt.objects.filter(order__ref_id=reference))

    def deliveries(self, reference: str) -> int:
        return sum(self.simulator.deliveries(attempt.reference) for attempt in self._attempts(reference))

    def break_answers(self, ask: TopUp, how: str) -> None:
        self.line.how, self.line.about = how, ask.reference

    def heal(self) -> None:
        self.line.how = ""

    def unreachable(self) -> Konter:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        return Konter(self.credentials_at(f"http://127.0.0.1:{port}"))

    def sign(self, body: bytes, event_id: str = "evt_of-the-test") -> dict[str, str]:
        return webhook_calls.headers(HookFormat.NATIVE, HOOK_SECRET, event_id, "", body)

    def callback(self, ask: TopUp, outcome: Outcome) -> tuple[dict[str, str], bytes]:
        """As the other portal writes and signs it."""
        known = partner_orders.of(self.order(ask.reference))
        sn = "0031889077129" if outcome is Outcome.SUCCEEDED else ""
        reason = Reason.OTHER if outcome is Outcome.FAILED else Reason.NONE
        said = dataclasses.replace(known, status=_STATUS[outcome], sn=sn, reason=reason)
        kind = HookEvent.FAILED if outcome is Outcome.FAILED else HookEvent.SUCCEEDED
        body = webhooks._body(HookFormat.NATIVE, kind, said, balance=0, at=known.created_at).encode()
        return self.sign(body, f"evt_{known.code}_{said.status}"), body

    def ping(self) -> tuple[dict[str, str], bytes]:
        with tenancy.inside(self.shop.dealer.pk):
            endpoint = factories.endpoint(self.machine.partner)
            body = webhooks.ping(endpoint).body.encode()
        return self.sign(body), body
