"""The other end of the sandbox payment gateway: takes pretended payments and reports them, signed.

A payment is written to a file before it is reported, so that a restart neither forgets nor repeats it.
"""

import asyncio
import hmac
import json
import time
import uuid
from hashlib import sha256
from pathlib import Path
from typing import Any

from transactions.suppliers.simulator.hooks import Hooks


class Till:
    """What was paid, by payment code."""

    def __init__(self, folder: Path, hooks: Hooks) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "payments.jsonl"
        self._hooks = hooks
        self._paid: dict[str, list[dict[str, object]]] = {}
        self._tasks: set[asyncio.Task[bool]] = set()
        if self._path.exists():
            for line in self._path.read_text(encoding="utf-8").splitlines():
                self._remember(json.loads(line))

    def pay(self, wish: dict[str, Any]) -> list[dict[str, object]]:
        """Take `times` payments of `amount` rupiah and report each. Raises KeyError, TypeError, ValueError."""
        code, amount, times = str(wish["payment_code"]), int(wish["amount"]), int(wish["times"])
        secret, url = str(wish["secret"]), str(wish["callback_url"])
        if amount <= 0 or not 0 < times <= 5:
            raise ValueError("amount and times must be positive, times at most 5")
        made: list[dict[str, object]] = [
            {"payment_code": code, "gateway_tx": uuid.uuid4().hex, "amount": amount} for _ in range(times)
        ]
        for row in made:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")
            self._remember(row)
            self._report(url, secret, row)
        return made

    def received(self, code: str) -> list[dict[str, object]]:
        """Everything that was paid for a code."""
        return self._paid.get(code, [])

    def stop(self) -> None:
        """Report no more."""
        for task in self._tasks:
            task.cancel()

    def _remember(self, row: dict[str, object]) -> None:
        self._paid.setdefault(str(row["payment_code"]), []).append(row)

    def _report(self, url: str, secret: str, row: dict[str, object]) -> None:
        body = json.dumps(row, separators=(",", ":")).encode()

        def headers() -> dict[str, str]:
            now = str(int(time.time()))
            signature = hmac.new(secret.encode(), now.encode() + b"." + body, sha256).hexdigest()
            return {
                "Content-Type": "application/json",
                "X-Konter-Timestamp": now,
                "X-Konter-Signature": f"v1={signature}",
            }

        task = asyncio.ensure_future(self._hooks.deliver(url, headers, body))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
