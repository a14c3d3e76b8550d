"""The Digiflazz buyer API from the supplier's side, and the pages that tests look at.

Source of paths, fields, signatures, codes and the meaning of a repeated ref_id: Digiflazz buyer API
documentation. A request refused before there is a record is answered 400, as seen in the field.
"""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Coroutine, Mapping
from datetime import date
from typing import Any, get_args
from urllib.parse import parse_qs

from transactions.suppliers.simulator import statement
from transactions.suppliers.simulator.accounts import Account
from transactions.suppliers.simulator.book import Sale
from transactions.suppliers.simulator.catalogue import PRODUCTS
from transactions.suppliers.simulator.gateway import Till
from transactions.suppliers.simulator.mischief import broken, compact
from transactions.suppliers.simulator.paybacks import Paybacks
from transactions.suppliers.simulator.sales import WITH_RECORD, Refused, Sales, customer, message, word
from transactions.suppliers.simulator.scripts import Answer as ScriptedAnswer
from transactions.suppliers.simulator.scripts import Plan, Script, Scripts
from transactions.suppliers.simulator.web import Reply, Request

Answer = Reply | Coroutine[Any, Any, Reply]
AtEnd = Callable[[Callable[[], None]], None]
_REMEMBERED_REFS = 200_000


class Visits:
    """When each reference was asked about: [start, end] in `time.monotonic()` seconds, end 0.0 while it runs."""

    def __init__(self) -> None:
        self._of: dict[str, list[list[float]]] = {}

    def begin(self, ref: str, at_end: AtEnd) -> None:
        if len(self._of) >= _REMEMBERED_REFS:
            self._of.pop(next(iter(self._of)))
        visit = [time.monotonic(), 0.0]
        self._of.setdefault(ref, []).append(visit)
        at_end(lambda: visit.__setitem__(1, time.monotonic()))

    def of(self, ref: str) -> list[tuple[float, float]]:
        return [(start, end) for start, end in self._of.get(ref, [])]


class Api:
    """Everything that the simulator answers."""

    def __init__(self, sales: Sales, accounts: Mapping[str, Account], till: Till, paybacks: Paybacks) -> None:
        self.sales = sales
        self.till = till
        self.paybacks = paybacks
        self.accounts = accounts
        self.scripts = Scripts()
        self.visits = Visits()
        self._seen: set[tuple[str, str]] = set(sales.book.sales)
        self._calls: dict[str, tuple[str, Callable[[Account, dict[str, Any]], Answer]]] = {
            "/v1/cek-saldo": ("depo", self._balance),
            "/v1/price-list": ("pricelist", self._price_list),
            "/v1/deposit": ("deposit", self._deposit),
            "/v1/transaction": ("ref_id", self._transaction),
            "/v1/inquiry-pln": ("customer_no", self._inquire_pln),
        }

    def handle(self, request: Request, at_end: AtEnd) -> Answer:
        """Answer one request."""
        path = request.path.rstrip("/")
        if request.method == "GET":
            return self._page(path, request.query)
        try:
            data = dict(json.loads(request.body))
            if path == "/script":
                return self.script(data)
            if path == "/gateway/pay":
                return Reply(body=json.dumps(self.till.pay(data)).encode())
            if path == "/gateway/refund":
                return self.paybacks.pay(data)
        except (ValueError, TypeError, KeyError) as bad:
            return Reply(status=400, body=compact({"rc": "40", "message": f"Payload Error: {bad}", "status": "Gagal"}))
        if path == "/v1/transaction":
            self.visits.begin(str(data.get("ref_id")), at_end)
        # An error from here on cuts the connection: a sale may be recorded, so no refusal would be true.
        return self._call(path, data)

    def _page(self, path: str, query: str) -> Reply:
        if path == "/log":
            return Reply(body=json.dumps(self.sales.book.deliveries).encode())
        if path == "/requests":
            refs = parse_qs(query).get("ref", [""])
            return Reply(body=json.dumps(self.visits.of(refs[0])).encode())
        if path == "/statement":
            return self._statement(parse_qs(query))
        if path == "/gateway/refunds":
            return Reply(body=json.dumps(self.paybacks.log()).encode())
        if path.startswith("/gateway/"):
            return Reply(body=json.dumps(self.till.received(path.removeprefix("/gateway/"))).encode())
        return Reply(status=404, body=b'{"error":"not found"}')

    def _statement(self, query: Mapping[str, list[str]]) -> Reply:
        """What an account bought on a day (`username`, `date`): CSV, or with `disturbed` what is wrong with it."""
        given = {name: values[0] for name, values in query.items()}
        try:
            day, noise = date.fromisoformat(given["date"]), float(given.get("noise", "0"))
            seed, account = int(given.get("seed", "0")), self.accounts[given["username"]]
        except (KeyError, ValueError):
            return Reply(status=400, body=b'{"error":"username and date; noise (a share), seed, disturbed"}')
        sales = [sale for sale in self.sales.book.sales.values() if sale.account == account.username]
        said = statement.of(sales, day, noise=noise, seed=seed)
        if "disturbed" in given:
            return Reply(body=json.dumps(said.disturbed).encode())
        return Reply(body=said.csv(), kind=b"text/csv; charset=utf-8")

    def _call(self, path: str, data: dict[str, Any]) -> Answer:
        if path not in self._calls:
            return Reply(status=404, body=b'{"error":"not found"}')
        salt, answer = self._calls[path]
        account = self.accounts.get(str(data.get("username")))
        if account is None:
            return self._refuse("42", data)
        salt = str(data.get(salt, "")) if salt in {"ref_id", "customer_no"} else salt
        sign = hashlib.md5(f"{account.username}{account.api_key}{salt}".encode(), usedforsecurity=False).hexdigest()
        if not hmac.compare_digest(sign, str(data.get("sign", ""))):
            return self._refuse("41", data, account)
        return answer(account, data)

    def _refuse(self, rc: str, data: Mapping[str, Any], account: Account | None = None) -> Reply:
        names = ("ref_id", "customer_no", "buyer_sku_code")
        echo: dict[str, object] = {name: data[name] for name in names if isinstance(data.get(name), str)}
        if account:
            echo |= {"buyer_last_saldo": self.sales.balance(account), "price": 0, "sn": ""}
        body = compact({**echo, "rc": rc, "status": word(rc), "message": message(rc)})
        return Reply(status=200 if rc in WITH_RECORD or (account and account.always_200) else 400, body=body)

    def _balance(self, account: Account, _data: dict[str, Any]) -> Reply:
        return Reply(body=compact({"deposit": self.sales.balance(account)}))

    def _price_list(self, account: Account, data: dict[str, Any]) -> Reply:
        account.lists_asked += 1
        if account.listing is not None:
            return Reply(body=account.listing)
        if data.get("cmd") == "pasca":
            return Reply(body=compact([]))
        wanted = {"code": "sku", "category": "category", "brand": "brand", "type": "kind"}
        filters = {ours: str(data[theirs]).lower() for theirs, ours in wanted.items() if data.get(theirs)}
        lines = [
            {
                "product_name": product.name,
                "category": product.category,
                "brand": product.brand,
                "type": product.kind,
                "seller_name": "SIMULATOR",
                "price": product.cost + account.surcharge,
                "buyer_sku_code": product.sku,
                "buyer_product_status": True,
                "seller_product_status": True,
                "unlimited_stock": True,
                "stock": 0,
                "multi": True,
                "start_cut_off": "0:0",
                "end_cut_off": "0:0",
                "desc": product.description,
            }
            for product in PRODUCTS
            if all(str(getattr(product, name)).lower() == value for name, value in filters.items())
        ]
        return Reply(body=compact(lines))

    def _deposit(self, account: Account, data: dict[str, Any]) -> Reply:
        amount, bank = data.get("amount"), data.get("Bank") or data.get("bank")
        if not isinstance(amount, int) or amount < 200_000 or not bank or not data.get("owner_name"):
            return self._refuse("64", data, account)
        unique = amount + 100 + time.time_ns() // 1_000 % 800
        return Reply(
            body=compact({"rc": "00", "amount": unique, "notes": f"{account.username} {unique}", "bank": bank})
        )

    def _inquire_pln(self, account: Account, data: dict[str, Any]) -> Reply:
        number = str(data.get("customer_no", ""))
        if not (number.isdecimal() and 11 <= len(number) <= 12) or number.endswith("232"):
            return self._refuse("54", data, account)
        name, power = customer(number)
        found = {"customer_no": number, "meter_no": number, "subscriber_id": number[::-1], "name": name}
        return Reply(
            body=compact({"message": message("00"), "status": "Sukses", "rc": "00", **found, "segment_power": power})
        )

    def _transaction(self, account: Account, data: dict[str, Any]) -> Answer:
        ref, number, sku = (data.get(name) for name in ("ref_id", "customer_no", "buyer_sku_code"))
        if not all(isinstance(value, str) and value for value in (ref, number, sku)) or data.get("commands"):
            return self._refuse("40", data, account)
        key = (account.username, str(ref))
        script = self.scripts.take(account=account.username, number=str(number), again=key in self._seen)
        self._seen.add(key)
        if script and script.answer == "drop":
            return Reply(cut_after=0)
        try:
            sale, plan, rc = self._find_or_open(account, data, script)
        except Refused as refused:
            reply = self._refuse(str(refused), data, account)
            return self._later(reply, script.delay) if script and script.delay else self._break(reply, script)
        if plan.tell_first or plan.answer_waits or (script and script.delay):
            return self._when_due(sale, plan, script, rc)
        return self._say(sale, plan, script, rc)

    def _find_or_open(
        self, account: Account, data: dict[str, Any], script: Script | None
    ) -> tuple[Sale, Plan, str | None]:
        """The sale, what its number wants of this answer, and the code to say (None: the stored result)."""
        sale = self.sales.book.sales.get((account.username, data["ref_id"]))
        if sale is None:
            sale, plan = self.sales.open(account, data, script)
            return sale, plan, script.rc if script and script.rc else None
        if sale.number != data["customer_no"] or sale.sku.upper() != data["buyer_sku_code"].upper():
            raise Refused("49")
        if script and script.rc:
            if script.rc not in WITH_RECORD:
                raise Refused(script.rc)
            return sale, Plan(), script.rc
        since, sale.asked_at = time.monotonic() - sale.asked_at, time.monotonic()
        if not sale.has_ended and since < account.poll_seconds:
            raise Refused("85")
        return sale, Plan(), None

    async def _when_due(self, sale: Sale, plan: Plan, script: Script | None, rc: str | None) -> Reply:
        if plan.tell_first:
            for _ in range(100):  # until the receiver has taken it, or five seconds
                if sale.told >= len(sale.callbacks):
                    break
                await asyncio.sleep(0.05)
        if plan.answer_waits:
            await self.sales.ended(sale)
        if script and script.delay:
            await asyncio.sleep(script.delay)
        return self._say(sale, plan, script, rc)

    def _say(self, sale: Sale, plan: Plan, script: Script | None, rc: str | None) -> Reply:
        said = rc or sale.rc
        status = 200 if said in WITH_RECORD or self.accounts[sale.account].always_200 else 400
        reply = Reply(
            status=status, body=compact({**self.sales.answer(sale, said), **(script.patch if script else {})})
        )
        return self._break(reply, script) if script else broken(plan.answer, reply)

    @staticmethod
    def _break(reply: Reply, script: Script | None) -> Reply:
        return broken(script.answer, reply) if script else reply

    @staticmethod
    async def _later(reply: Reply, seconds: float) -> Reply:
        await asyncio.sleep(seconds)
        return reply

    def script(self, data: dict[str, Any]) -> Reply:
        """Obey a test: `clear`, `finish` a pending sale, an account's `settings`, `till` wishes, or a `Script`."""
        if data.get("clear"):
            self.scripts.clear()
        elif "finish" in data:
            self.finish(data["finish"], data.get("rc", "00"), tuple(data.get("callbacks", ())))
        elif "till" in data:
            self.paybacks.script(data["till"])
        elif "settings" in data:
            account = self.accounts[data["settings"]]
            for name in ("poll_seconds", "hook_url", "always_200", "balance"):
                setattr(account, name, data.get(name, getattr(account, name)))
        else:
            if data.get("answer", "normal") not in get_args(ScriptedAnswer):
                raise ValueError(f"no such answer: {data['answer']}")
            self.scripts.add(Script(**data))
        return Reply(body=b'{"ok":true}')

    def finish(self, ref: str, rc: str, callbacks: tuple[str, ...]) -> None:
        """End every pending sale of this reference. Raises KeyError when there is none."""
        found = [sale for sale in self.sales.book.sales.values() if sale.ref == ref]
        if not found:
            raise KeyError(ref)
        for sale in found:
            self.sales.finish(sale, rc, callbacks)
