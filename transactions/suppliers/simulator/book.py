"""What the simulated supplier knows: sales and deliveries, in memory and in an append-only file.

Every event is one line written by one system call, so that `kill -9` loses nothing that was answered;
a start replays the file. Balances follow from the sales.
"""

import json
import os
import time
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

PENDING = "03"
SUCCESS = "00"


@dataclass(kw_only=True)
class Sale:
    """One reference of one account. `rc` is the stored result; times are seconds since 1970."""

    account: str
    ref: str
    sku: str
    number: str
    price: int
    ends_at: float | None
    end_rc: str
    callbacks: tuple[str, ...] = ()
    cb_url: str = ""
    sn: str = ""
    rc: str = PENDING
    told: int = 0
    is_trial: bool = False
    """Asked for with `testing`: it costs nothing and delivers nothing."""
    at: str = ""
    """When it was asked for, ISO 8601; "" in records from before this was written down."""
    asked_at: float = field(default=0.0, compare=False)

    @property
    def key(self) -> tuple[str, str]:
        return self.account, self.ref

    @property
    def has_ended(self) -> bool:
        return self.rc != PENDING


class Book:
    """All sales, kept in `folder`/sales.jsonl."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.sales: dict[tuple[str, str], Sale] = {}
        self.deliveries: list[dict[str, str]] = []
        self.first_asked: dict[str, str] = {}
        self.spent: dict[str, int] = {}
        self._last_serial = 0
        path = folder / "sales.jsonl"
        if path.exists():
            self._replay(path)
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def close(self) -> None:
        os.close(self._file)

    def open_sale(self, sale: Sale) -> None:
        """Record a sale that is pending."""
        sale.at = sale.at or datetime.now(UTC).isoformat(timespec="milliseconds")
        self._write({"t": "sale", **asdict(sale)})
        self._opened(sale)

    def end(self, sale: Sale, *, sn: str = "") -> None:
        """The sale ends as planned; a success is delivered in this very moment."""
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        self._write({"t": "end", "account": sale.account, "ref": sale.ref, "rc": sale.end_rc, "sn": sn, "at": at})
        self._ended(sale, sn, at)

    def told(self, sale: Sale) -> None:
        """One more callback of this sale has been accepted by its receiver."""
        sale.told += 1
        self._write({"t": "told", "account": sale.account, "ref": sale.ref})

    def refuser(self, number: str, account: str) -> str:
        """The account that was the first to ask for this number."""
        if number not in self.first_asked:
            self._write({"t": "first", "number": number, "account": account})
            self.first_asked[number] = account
        return self.first_asked[number]

    def serial(self) -> str:
        """19 digits that were never given before."""
        self._last_serial = max(time.time_ns(), self._last_serial + 1)
        return str(self._last_serial)

    def _write(self, event: dict[str, object]) -> None:
        os.write(self._file, json.dumps(event, separators=(",", ":")).encode() + b"\n")

    def _opened(self, sale: Sale) -> None:
        self.sales[sale.key] = sale
        if not sale.is_trial:
            self.spent[sale.account] = self.spent.get(sale.account, 0) + sale.price

    def _ended(self, sale: Sale, sn: str, at: str) -> None:
        sale.rc, sale.sn = sale.end_rc, sn
        if sale.is_trial:
            return
        if sale.rc == SUCCESS:
            self.deliveries.append({"ref": sale.ref, "number": sale.number, "delivered_at": at})
        else:
            self.spent[sale.account] -= sale.price

    def _replay(self, path: Path) -> None:
        with path.open("rb") as lines:
            for line in lines:
                if line.endswith(b"\n"):  # the last one may have been cut by a full disk
                    self._replay_event(json.loads(line))

    def _replay_event(self, event: dict[str, str]) -> None:
        match event.pop("t"):
            case "sale":
                self._opened(Sale(**{**event, "callbacks": tuple(event["callbacks"])}))  # type: ignore[arg-type]
            case "end":
                sale = self.sales[event["account"], event["ref"]]
                sale.end_rc = event["rc"]
                self._ended(sale, event["sn"], event["at"])
            case "told":
                self.sales[event["account"], event["ref"]].told += 1
            case "first":
                self.first_asked[event["number"]] = event["account"]
