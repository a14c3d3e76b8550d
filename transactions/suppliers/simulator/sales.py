"""The sale itself, as the simulated supplier runs it: refuse, record, end, deliver, tell.

A sale ends by its plan, whether or not anybody still waits for the answer, and goes on after a restart.
"""

import asyncio
import time
from collections.abc import Mapping

from transactions.suppliers.simulator.accounts import Account
from transactions.suppliers.simulator.book import PENDING, SUCCESS, Book, Sale
from transactions.suppliers.simulator.catalogue import BY_SKU, PLN, Product
from transactions.suppliers.simulator.hooks import Hooks
from transactions.suppliers.simulator.mischief import compact
from transactions.suppliers.simulator.scripts import BY_SUFFIX, FATES, REFUSED_BY_THE_FIRST, Plan, Script

_WITH_RECORD = "00 01 02 03 50 51 52 53 54 55 57 58 59 60 70 71 72 73 74 84 99"
WITH_RECORD = frozenset(_WITH_RECORD.split())
"""Codes that speak of a transaction record. Source: Digiflazz buyer API documentation."""
UNDECIDED = frozenset({"03", "85", "99"})
_MESSAGES = {
    "00": "Transaksi Sukses", "02": "Transaksi Gagal", "03": "Transaksi Pending", "40": "Payload Error",
    "41": "Signature Salah", "42": "Gagal Memproses API Buyer", "43": "SKU Tidak Ditemukan atau Non-Aktif",
    "44": "Saldo Tidak Cukup", "45": "IP Anda Tidak Kami Kenali", "49": "Ref ID Tidak Unik",
    "53": "Produk Seller Sedang Tidak Tersedia", "54": "Nomor Tujuan Salah",
    "69": "Harga Seller Lebih Besar Dari Ketentuan Harga Buyer", "85": "Limitasi Pengecekan Transaksi",
    "99": "Terjadi Masalah Router",
}  # fmt: skip
_NAMES = ("SITI AMINAH", "BUDI SANTOSO", "DEWI LESTARI", "AGUS SALIM", "RINA WATI")


class Refused(Exception):
    """No sale came of the request; the argument is the code."""


def word(rc: str) -> str:
    """The status word that belongs to a code."""
    return "Sukses" if rc == SUCCESS else "Pending" if rc in {"03", "99"} else "Gagal"


def message(rc: str) -> str:
    return _MESSAGES.get(rc, f"Transaksi Gagal ({rc})")


class Sales:
    """Runs sales over a book. Belongs to one event loop."""

    def __init__(self, book: Book, accounts: Mapping[str, Account], hooks: Hooks) -> None:
        self.book = book
        self.accounts = accounts
        self._hooks = hooks
        self._waiting: dict[tuple[str, str], asyncio.Event] = {}
        self._running: set[asyncio.Task[None] | asyncio.TimerHandle] = set()

    def resume(self) -> None:
        """After a restart: end what is due, tell what was not told."""
        for sale in list(self.book.sales.values()):
            if sale.has_ended:
                self.tell(sale)
            elif sale.ends_at is not None:
                self._end_at(sale, sale.ends_at)

    def stop(self) -> None:
        for running in self._running:
            running.cancel()

    def balance(self, account: Account) -> int:
        return account.balance - self.book.spent.get(account.username, 0)

    def open(self, account: Account, data: Mapping[str, object], script: Script | None) -> tuple[Sale, Plan]:
        """Record a new sale. Raises Refused when there is no reason to record anything."""
        product = BY_SKU.get(str(data["buyer_sku_code"]).upper())
        if product is None:
            raise Refused("43")
        price = product.cost + account.surcharge
        limit = data.get("max_price")
        if isinstance(limit, int) and 0 < limit < price:
            raise Refused("69")
        if price > self.balance(account):
            raise Refused("44")
        number = str(data["customer_no"])
        plan = self._plan(account.username, number, script)
        sale = Sale(
            account=account.username,
            ref=str(data["ref_id"]),
            sku=product.sku,
            number=number,
            price=price,
            ends_at=None if plan.ends_after is None else time.time() + plan.ends_after,
            end_rc=plan.rc,
            callbacks=plan.callbacks,
            cb_url=str(data.get("cb_url") or ""),
            is_trial=data.get("testing") is True,
            asked_at=time.monotonic(),
        )
        self.book.open_sale(sale)
        if plan.ends_after == 0:
            self._end(sale)
        elif sale.ends_at is not None:
            self._end_at(sale, sale.ends_at)
        return sale, plan

    def _plan(self, account: str, number: str, script: Script | None) -> Plan:
        if script and script.rc and script.rc not in UNDECIDED and script.rc != SUCCESS:
            if script.rc not in WITH_RECORD:
                raise Refused(script.rc)
            return Plan(rc=script.rc)
        if script and script.fate != "by_number":
            return FATES[script.fate]
        refusal = REFUSED_BY_THE_FIRST.get(number[-3:])
        if refusal and self.book.refuser(number, account) == account:
            if refusal not in WITH_RECORD:
                raise Refused(refusal)
            return Plan(rc=refusal)
        return BY_SUFFIX.get(number[-3:], Plan())

    def finish(self, sale: Sale, rc: str, callbacks: tuple[str, ...]) -> None:
        """End a pending sale now, in this way."""
        sale.end_rc, sale.callbacks = rc, callbacks
        self._end(sale)

    def tell(self, sale: Sale) -> "asyncio.Task[None] | None":
        """Begin to tell the callbacks that are still owed."""
        if sale.told >= len(sale.callbacks) or not self._hook_url(sale):
            return None
        task = asyncio.ensure_future(self._tell_all(sale))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def ended(self, sale: Sale) -> None:
        """Wait for the end of a sale."""
        if not sale.has_ended:
            await self._waiting.setdefault(sale.key, asyncio.Event()).wait()

    def answer(self, sale: Sale, rc: str) -> dict[str, object]:
        """The fields of an answer about this sale, saying this code."""
        account = self.accounts[sale.account]
        return {
            "ref_id": sale.ref,
            "customer_no": sale.number,
            "buyer_sku_code": sale.sku,
            "message": message(rc),
            "status": word(rc),
            "rc": rc,
            "sn": sale.sn if rc == SUCCESS else "",
            "buyer_last_saldo": self.balance(account),
            "price": sale.price,
            "tele": "@demo",
            "wa": "081200000000",
        }

    def _hook_url(self, sale: Sale) -> str:
        return sale.cb_url or self.accounts[sale.account].hook_url

    async def _tell_all(self, sale: Sale) -> None:
        secret = self.accounts[sale.account].webhook_secret
        for rc in sale.callbacks[sale.told :]:
            if not await self._hooks.tell(self._hook_url(sale), secret, compact(self.answer(sale, rc))):
                return
            self.book.told(sale)

    def _end_at(self, sale: Sale, when: float) -> None:
        def due() -> None:
            self._running.discard(timer)
            self._end(sale)

        timer = asyncio.get_running_loop().call_later(max(when - time.time(), 0), due)
        self._running.add(timer)

    def _end(self, sale: Sale) -> None:
        if sale.has_ended or sale.end_rc == PENDING:
            return
        self.book.end(sale, sn=self._serial(sale) if sale.end_rc == SUCCESS else "")
        if waiting := self._waiting.pop(sale.key, None):
            waiting.set()
        self.tell(sale)

    def _serial(self, sale: Sale) -> str:
        if sale.is_trial and sale.sku == "xld10" and sale.number == "087800001230":
            return "1234567890"  # the documented sandbox number
        serial = self.book.serial()
        product = BY_SKU[sale.sku.upper()]
        return _token(serial, sale.number, product) if product.brand == PLN else serial


def customer(number: str) -> tuple[str, str]:
    """Name and power behind a meter."""
    return _NAMES[int(number[-1]) % len(_NAMES)], "R1/1300VA"


def _token(serial: str, number: str, product: Product) -> str:
    digits = serial.rjust(20, "1")
    groups = "-".join(digits[start : start + 4] for start in range(0, 20, 4))
    name, power = customer(number)
    return f"{groups}/{name}/{power}/{product.face / 1_500:.1f}".replace(".", ",")
