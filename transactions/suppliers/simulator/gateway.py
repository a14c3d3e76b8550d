"""The other end of the sandbox payment gateway: takes pretended payments and reports them, signed.

Every payment, and that it was told, is a line of a file: a restart neither forgets nor invents one.
"""

import asyncio
import hmac
import json
import os
import time
import uuid
from hashlib import sha256
from pathlib import Path
from typing import Any

from transactions.suppliers.simulator.hooks import Hooks


class Till:
    """What was paid, by payment code, and to whom it is still to be told."""

    def __init__(self, folder: Path, hooks: Hooks) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._hooks = hooks
        self._paid: dict[str, list[dict[str, object]]] = {}
        self._untold: dict[str, dict[str, Any]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        path = folder / "payments.jsonl"
        if path.exists():
            for line in path.read_bytes().splitlines(keepends=True):
                if line.endswith(b"\n"):  # the last one may have been cut by a full disk
                    self._remember(json.loads(line))
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def pay(self, wish: dict[str, Any]) -> list[dict[str, object]]:
        """Take `times` payments of `amount` rupiah and report each. Raises KeyError, TypeError, ValueError."""
        code, amount, times = str(wish["payment_code"]), int(wish["amount"]), int(wish["times"])
        tell = {"url": str(wish["callback_url"]), "secret": str(wish["secret"])}
        if amount <= 0 or not 0 < times <= 5:
            raise ValueError("amount and times must be positive, times at most 5")
        made: list[dict[str, object]] = [
            {"payment_code": code, "gateway_tx": uuid.uuid4().hex, "amount": amount} for _ in range(times)
        ]
        for row in made:
            self._write({**row, **tell})
            self._report({**row, **tell})
        return made

    def received(self, code: str) -> list[dict[str, object]]:
        """Everything that was paid for a code."""
        return self._paid.get(code, [])

    def resume(self) -> None:
        """Report what an earlier run had not yet told."""
        for row in list(self._untold.values()):
            self._report(row)

    def stop(self) -> None:
        """Report no more."""
        for task in self._tasks:
            task.cancel()
        os.close(self._file)

    def _write(self, row: dict[str, Any]) -> None:
        os.write(self._file, json.dumps(row, separators=(",", ":")).encode() + b"\n")
        self._remember(row)

    def _remember(self, row: dict[str, Any]) -> None:
        if "told" in row:
            self._untold.pop(row["told"], None)
            return
        self._untold[row["gateway_tx"]] = row
        said = {name: row[name] for name in ("payment_code", "gateway_tx", "amount")}
        self._paid.setdefault(row["payment_code"], []).append(said)

    def _report(self, row: dict[str, Any]) -> None:
        body = json.dumps(
            {name: row[name] for name in ("payment_code", "gateway_tx", "amount")}, separators=(",", ":")
        ).encode()

        def headers() -> dict[str, str]:
            now = str(int(time.time()))
            signature = hmac.new(row["secret"].encode(), now.encode() + b"." + body, sha256).hexdigest()
            return {
                "Content-Type": "application/json",
                "X-Konter-Timestamp": now,
                "X-Konter-Signature": f"v1={signature}",
            }

        async def tell() -> None:
            if await self._hooks.deliver(row["url"], headers, body):
                self._write({"told": row["gateway_tx"]})

        task = asyncio.ensure_future(tell())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
