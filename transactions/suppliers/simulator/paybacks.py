"""The till pays back: once per reference, never more than came in for a code, and its log is the ground truth.

Every payback and every refusal is a line of a file, so that a restart neither forgets nor pays again.
"""

import json
import os
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

from transactions.suppliers.simulator.mischief import broken
from transactions.suppliers.simulator.scripts import Answer
from transactions.suppliers.simulator.web import Reply

Row = dict[str, Any]
_SAID = ("status", "reference", "payment_code", "amount", "gateway_tx", "at", "message")


class Paybacks:
    """What was paid back and what was refused, by reference."""

    def __init__(self, folder: Path, received: Callable[[str], list[dict[str, object]]]) -> None:
        self._received = received
        self._rows: dict[str, Row] = {}
        self._wishes: list[dict[str, str]] = []
        path = folder / "paybacks.jsonl"
        if path.exists():
            for line in path.read_bytes().splitlines(keepends=True):
                if line.endswith(b"\n"):  # the last one may have been cut by a full disk
                    row = json.loads(line)
                    self._rows[row["reference"]] = row
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def log(self) -> list[Row]:
        """Every rupiah that went back, the ground truth: reference, payment_code, amount, gateway_tx, at."""
        return [row for row in self._rows.values() if row["status"] == "paid"]

    def script(self, wish: dict[str, Any]) -> None:
        """Let the next call fare as a test wants: a broken `answer`, or `says` refused or pending instead of paid.

        `drop` as an answer loses the request before anything is done. Raises ValueError.
        """
        answer, says = str(wish.get("answer", "normal")), str(wish.get("says", ""))
        if answer not in get_args(Answer) or says not in {"", "refused", "pending"}:
            raise ValueError(f"no such wish: {wish}")
        self._wishes += [{"answer": answer, "says": says}] * int(wish.get("times", 1))

    def pay(self, data: dict[str, Any]) -> Reply:
        """Answer one request. Raises KeyError, TypeError, ValueError for one that says nothing."""
        reference, code, amount = str(data["reference"]), str(data["payment_code"]), data["amount"]
        if not reference or not isinstance(amount, int) or isinstance(amount, bool) or amount <= 0:
            raise ValueError("a payback has a reference and an amount")
        wish = self._wishes.pop(0) if self._wishes else {"answer": "normal", "says": ""}
        if wish["answer"] == "drop":
            return Reply(cut_after=0)
        row = self._rows.get(reference)
        if row is not None and (row["payment_code"], row["amount"]) != (code, amount):
            return Reply(status=409, body=b'{"error":"this reference stands for another payback"}')
        if row is None and wish["says"] == "pending":
            row = {"status": "pending", "reference": reference, "amount": amount}
        elif row is None:
            row = self._decide(reference, code, amount, is_refused=wish["says"] == "refused")
        reply = Reply(body=json.dumps({name: row[name] for name in _SAID if name in row}).encode())
        return broken(wish["answer"], reply)  # type: ignore[arg-type]  # `script` has looked

    def _decide(self, reference: str, code: str, amount: int, *, is_refused: bool) -> Row:
        row: Row = {"reference": reference, "payment_code": code, "amount": amount}
        row["at"] = datetime.now(UTC).isoformat(timespec="milliseconds")
        if is_refused or amount > self._left(code):
            row |= {"status": "refused", "message": "no" if is_refused else "more than was paid"}
        else:
            row |= {"status": "paid", "gateway_tx": uuid.uuid4().hex}
        os.write(self._file, json.dumps(row, separators=(",", ":")).encode() + b"\n")
        self._rows[reference] = row
        return row

    def _left(self, code: str) -> int:
        came = sum(int(str(row["amount"])) for row in self._received(code))
        return came - sum(int(row["amount"]) for row in self.log() if row["payment_code"] == code)

    def stop(self) -> None:
        """Take no more."""
        os.close(self._file)
