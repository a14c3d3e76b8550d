"""The Digiflazz connector with the simulator behind it."""

import hashlib
import hmac
import json
import socket
import time

from tests.transactions.suppliers.contract import SECRET_OF_THE_TEST
from transactions.suppliers.base import Connector, Credentials, Outcome, TopUp
from transactions.suppliers.digiflazz import Digiflazz
from transactions.suppliers.simulator import Simulator

RC = {Outcome.SUCCEEDED: "00", Outcome.FAILED: "02", Outcome.PENDING: "03"}


class DigiflazzRig:
    """One account of the simulator, with secrets of the test."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        account = simulator.account("konter-a")
        account.api_key, account.webhook_secret = SECRET_OF_THE_TEST, f"{SECRET_OF_THE_TEST}-too"
        self.credentials = self.credentials_at(simulator.url)
        self.connector: Connector = Digiflazz(self.credentials)
        self._sold = 0

    def credentials_at(self, url: str, *, seconds: float = 0.5) -> Credentials:
        return Credentials(
            supplier_id=1,
            dealer_id=1,
            name="Pemasok A",
            base_url=url,
            username="konter-a",
            api_key=SECRET_OF_THE_TEST,
            callback_secret=f"{SECRET_OF_THE_TEST}-too",
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

    def finish(self, ask: TopUp, outcome: Outcome) -> None:
        self.simulator.script(finish=ask.reference, rc=RC[outcome])

    def deliveries(self, reference: str) -> int:
        return self.simulator.deliveries(reference)

    def work(self) -> bool:
        """Its first answer is final."""
        return False

    def break_answers(self, ask: TopUp, how: str) -> None:
        self.simulator.script(number=ask.destination, answer=how)

    def heal(self) -> None:
        self.simulator.script(clear=True)

    def unreachable(self) -> Connector:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        return Digiflazz(self.credentials_at(f"http://127.0.0.1:{port}/v1"))

    def sign(self, body: bytes) -> dict[str, str]:
        digest = hmac.new(self.credentials.callback_secret.encode(), body, hashlib.sha1).hexdigest()
        return {"X-Hub-Signature": f"sha1={digest}", "User-Agent": "Digiflazz-Hookshot"}

    def callback(self, ask: TopUp, outcome: Outcome) -> tuple[dict[str, str], bytes]:
        if outcome is not Outcome.PENDING:
            self.finish(ask, outcome)
        body = self.simulator.callback_body(ask.reference, RC[outcome])
        return self.sign(body), body

    def ping(self) -> tuple[dict[str, str], bytes]:
        body = json.dumps({"sed": "x", "hook_id": "h1", "hook": {"url": "https://x", "status": 1}}).encode()
        return self.sign(body) | {"X-Digiflazz-Event": "ping"}, body
