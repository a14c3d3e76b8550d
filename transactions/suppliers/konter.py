"""Another Konter portal as a supplier: its native partner API, spoken from the partner's side.

A sale is one POST under the attempt's reference. A check *reads* the order of that reference and buys nothing. Only
while the first request is minutes old, and the portal says that it knows no such order, is the request sent again:
it was lost on its way. Later the same words may come from a portal that was restored from a backup and has
forgotten what it delivered; they then decide nothing, and a person looks. Source: docs/partners.md, docs/openapi.yaml.
"""

import base64
import contextlib
import hashlib
import hmac
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import quote, urlencode, urlsplit

from portal.lib import ids, outbound
from transactions.suppliers import digiflazz_codes as codes
from transactions.suppliers import konter_words as words
from transactions.suppliers import parse
from transactions.suppliers.base import (
    BadCallback,
    BadSignature,
    Callback,
    Credentials,
    Fetched,
    Offer,
    Outcome,
    StatementLine,
    SupplierUnavailable,
    TopUp,
    Trouble,
    Verdict,
)
from transactions.suppliers.konter_api import Answer, Api, Ask

BUY_AGAIN_SECONDS = 180.0
"""How old a request may be for one that never arrived to be sent again: no portal is restored so fast."""
CLOCK_SECONDS = 300
"""Standard Webhooks: how far the clock of whoever calls back may be from ours."""
TRIAL_NUMBER = "087800001230"
_CALLBACK_BYTES = 256 * 1024
_EVENT_ID = re.compile(r"[0-9A-Za-z._:\-]{8,80}")
_KEY_BYTES = (24, 64)
_EVENTS = {Outcome.SUCCEEDED: "order.succeeded", Outcome.FAILED: "order.failed"}
_PAGE = 100
_MOST_PAGES = 500
_READINGS = 3
"""How often a list that changes while it is read is begun anew."""


class Konter:
    """One partner's account at one portal. Keeps nothing but its credentials."""

    has_own_sandbox_key = True

    def __init__(self, credentials: Credentials) -> None:
        self._account = credentials
        self._api = Api(credentials)

    def top_up(self, ask: TopUp) -> Verdict:
        """Buy. FAILED with `sent=False` when certainly nothing left: another route may be taken."""
        came = self._called(self._buying(ask, self._account.call_seconds), again=False)
        if isinstance(came, Verdict):
            return came
        if came.status in {200, 201}:
            return words.sandbox_key(came.raw) if _is_sandbox(came, ask) else _of_order(came, ask)
        message = parse.text((came.data or {}).get("detail"))
        return words.refused(came.status, came.problem, message=message, raw=came.raw)

    def check(self, ask: TopUp) -> Verdict:
        """Read the order; only a fresh request that never arrived is sent again."""
        path = f"/orders/{quote(ask.reference, safe='')}/"
        seconds = self._account.check_seconds
        came = self._called(Ask(method="GET", path=path, seconds=seconds, not_after=ask.not_after), again=True)
        if isinstance(came, Verdict):
            return came
        if came.status == 404 and came.problem == "not_found":
            if ask.asked_ago > BUY_AGAIN_SECONDS:
                return words.unknown("50", raw=came.raw)
            came = self._called(self._buying(ask, seconds), again=True)
            if isinstance(came, Verdict):
                return came
        return _of_order(came, ask) if came.status in {200, 201} else words.unknown(codes.GARBLED, raw=came.raw)

    def _buying(self, ask: TopUp, seconds: float) -> Ask:
        wish = {
            "ref_id": ask.reference,
            "sku": ask.supplier_sku,
            "destination": ask.destination,
            "max_price": ask.max_price,
        }
        return Ask(method="POST", path="/orders/", payload=wish, seconds=seconds, not_after=ask.not_after)

    def _called(self, call: Ask, *, again: bool) -> Answer | Verdict:
        """The answer, or what it means that there is none."""
        masked = self._api.masked
        try:
            return self._api.call(call)
        except outbound.TooLate as late:
            return words.unknown(codes.TOO_LATE, raw=masked(str(late)), sent=False)
        except outbound.NotSent as failed:
            outcome = Outcome.PENDING if again else Outcome.FAILED
            return words.unknown(codes.NOT_SENT, raw=masked(str(failed)), sent=False, outcome=outcome)
        except outbound.Unanswered as silent:
            came = silent.body.decode("utf-8", "replace")
            return words.unknown(codes.NO_ANSWER, raw=masked(f"{silent}\n{came}".strip()))

    def balance(self) -> int:
        """The deposit there, in rupiah. Raises SupplierUnavailable, also for a key of the sandbox."""
        data = self._api.read("/balance/")
        amount = parse.balance(data.get("balance"))
        if amount is None or data.get("sandbox") is not False:
            trouble = Trouble.ACCOUNT if data.get("sandbox") is True else Trouble.GARBLED
            raise SupplierUnavailable("no balance of a live key in the answer", trouble=trouble)
        return amount

    def price_list(self) -> list[Offer]:
        """All products with our prices, as they were at one moment."""
        return self.price_list_unless("").offers or []

    def price_list_unless(self, etag: str) -> Fetched:
        """The list, unless its pages are marked as they were."""
        pages = self._pages()
        mark = hashlib.sha256("\n".join(page.mark for page in pages).encode()).hexdigest()[:40]
        if etag == mark:
            return Fetched(offers=None, etag=mark)
        lines = [line for page in pages for line in page.lines]
        offers = [offer for line in lines if (offer := _offer(line)) is not None]
        if lines and not offers:
            raise SupplierUnavailable("no readable line in the price list")
        return Fetched(offers=offers, etag=mark)

    def _pages(self) -> list["_Page"]:
        """Pages that held together: none of them changed while the last was read. Raises SupplierUnavailable."""
        for _ in range(_READINGS):
            pages = list(self._read_pages("/products/", {"limit": str(_PAGE)}))
            if all(self._is_unchanged(page) for page in pages[:-1]):
                return pages
        raise SupplierUnavailable("the price list changed while it was read", trouble=Trouble.SILENT)

    def _is_unchanged(self, page: "_Page") -> bool:
        return bool(page.mark) and self._api.ask(page.path, headers={"if-none-match": page.mark}).status == 304

    def _read_pages(self, path: str, query: Mapping[str, str]) -> Iterator["_Page"]:
        """Every page to the last; a cursor that does not go on is a broken answer. Raises SupplierUnavailable."""
        cursor: str | None = None
        for _ in range(_MOST_PAGES):
            asked = {**query, "cursor": cursor} if cursor else query
            page = _page(f"{path}?{urlencode(asked)}", self._api.ask(f"{path}?{urlencode(asked)}"))
            yield page
            if page.next is None:
                return
            if page.next == cursor or not page.lines:
                break
            cursor = page.next
        raise SupplierUnavailable("a list without an end")

    def statement(self, day: date) -> list[StatementLine]:
        """Every order that the portal counts to this day of its own; a line that cannot be read spoils it all.

        Raises SupplierUnavailable.
        """
        pages = self._read_pages("/orders/", {"date": day.isoformat(), "limit": str(_PAGE)})
        lines = [_statement_line(line) for page in pages for line in page.lines]
        found = [line for line in lines if line is not None]
        if len(found) != len(lines):
            raise SupplierUnavailable("a line of the statement cannot be read")
        return found

    def try_sale(self) -> Verdict:
        """A sale with a key of the sandbox. Raises SupplierUnavailable: `LIVE_KEY`, `NOT_OFFERED` among others."""
        if self._api.read("/balance/").get("sandbox") is not True:
            raise SupplierUnavailable("the key is live", trouble=Trouble.LIVE_KEY)
        brand = self._api.read(f"/brands/detect/?number={TRIAL_NUMBER}").get("brand")
        asked = urlencode({"kind": "pulsa", "brand": brand or "", "limit": "1"})
        lines = _page("", self._api.ask(f"/products/?{asked}")).lines
        sku = parse.text(lines[0].get("sku"), limit=64) if lines else ""
        if not sku:
            raise SupplierUnavailable("no product to try", trouble=Trouble.NOT_OFFERED)
        not_after = time.monotonic() + self._account.call_seconds
        reference = f"uji-{ids.new_token()[:16]}"
        ask = TopUp(
            reference=reference, supplier_sku=sku, destination=TRIAL_NUMBER, max_price=1_000_000, not_after=not_after
        )
        came = self._called(self._buying(ask, self._account.call_seconds), again=False)
        if isinstance(came, Verdict):
            return came
        if came.data is None or came.status not in {200, 201} or came.data.get("sandbox") is not True:
            return words.refused(came.status, came.problem, message=came.problem, raw=came.raw)
        return words.order({**came.data, "sandbox": False}, ask, raw=came.raw)

    def report_to(self, url: str, *, secret: str) -> None:
        """Be told at this address; an endpoint of the same path that was there before is taken away.

        Raises SupplierUnavailable.
        """
        rows = self._api.read("/webhooks/").get("results")
        known = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
        wanted = {"url": url, "format": "native", "secret": secret}
        self._api.ask("/webhooks/", method="POST", payload=wanted)
        for row in known:
            code, path = row.get("code"), urlsplit(str(row.get("url"))).path
            if isinstance(code, str) and path == urlsplit(url).path:
                with contextlib.suppress(SupplierUnavailable):  # one too many does no harm: its reports are refused
                    self._api.ask(f"/webhooks/{quote(code, safe='')}/", method="DELETE")

    def parse_callback(self, *, headers: Mapping[str, str], body: bytes) -> Callback | None:
        """A webhook, believed because of its signature and its age; None is a ping, or something of the sandbox."""
        lower = {name.lower(): value for name, value in headers.items()}
        event_id = self._proven(lower, body)
        if len(body) > _CALLBACK_BYTES:
            raise BadCallback("too large")
        try:
            told = parse.json_object(body)
        except parse.Unreadable as broken:
            raise BadCallback(str(broken)) from broken
        data, kind = told.get("data"), told.get("type")
        if kind == "ping":
            return None
        if not isinstance(data, dict) or not isinstance(kind, str):
            raise BadCallback("no data")
        if data.get("sandbox") is True:
            return None
        reference = data.get("ref_id")
        if not isinstance(reference, str) or not reference or parse.text(reference) != reference:
            raise BadCallback("no ref_id")
        verdict = words.state(data, raw=self._api.masked(body))
        if verdict.outcome is not Outcome.PENDING and not _agree(kind, verdict.outcome):
            verdict = words.unknown(codes.GARBLED, raw=verdict.raw)
        return Callback(event_id=event_id, reference=reference, verdict=verdict)

    def _proven(self, lower: Mapping[str, str], body: bytes) -> str:
        """The event's id. Raises BadSignature."""
        event_id, moment = lower.get("webhook-id", ""), lower.get("webhook-timestamp", "")
        message = b".".join((event_id.encode("utf-8", "replace"), moment.encode("utf-8", "replace"), body))
        key = _key(self._account.callback_secret)
        proof = b"v1," + base64.b64encode(hmac.new(key, message, hashlib.sha256).digest())
        given = lower.get("webhook-signature", "").encode("utf-8", "replace").split()[:8]
        if not any(hmac.compare_digest(proof, each) for each in given):
            raise BadSignature("the signature does not fit the body")
        if not _EVENT_ID.fullmatch(event_id):
            raise BadSignature("no id that could be known again")
        if not moment.isascii() or not moment.isdecimal() or abs(time.time() - int(moment[:15])) > CLOCK_SECONDS:
            raise BadSignature("signed too long ago, or not yet")
        return event_id


@dataclass(frozen=True)
class _Page:
    """A page of a list: its address, mark, lines, and the cursor of the next one."""

    path: str
    mark: str
    lines: list[dict[str, object]]
    next: str | None


def _page(path: str, answer: Answer) -> _Page:
    data = answer.data or {}
    rows, following = data.get("results"), data.get("next")
    if not isinstance(rows, list) or not (following is None or isinstance(following, str | int)):
        raise SupplierUnavailable(f"no list at {path[:80]}")
    lines = [row if isinstance(row, dict) else {} for row in rows]
    return _Page(path, answer.headers.get("etag", ""), lines, None if following is None else str(following))


def _of_order(came: Answer, ask: TopUp) -> Verdict:
    if came.data is None:
        return words.unknown(codes.GARBLED, raw=came.raw)
    return words.order(came.data, ask, raw=came.raw)


def _is_sandbox(came: Answer, ask: TopUp) -> bool:
    data = came.data or {}
    return data.get("sandbox") is True and data.get("ref_id") == ask.reference


def _agree(kind: str, outcome: Outcome) -> bool:
    return kind == _EVENTS.get(outcome)


def _key(secret: str) -> bytes:
    """The bytes of a `whsec_` secret. Raises BadSignature."""
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True) if secret.startswith("whsec_") else b""
    except ValueError as broken:
        raise BadSignature("this account's secret for callbacks is none") from broken
    if not _KEY_BYTES[0] <= len(key) <= _KEY_BYTES[1]:
        raise BadSignature("this account has no secret for callbacks")
    return key


def _offer(line: Mapping[str, object]) -> Offer | None:
    """One product, None when it could not be sold from."""
    sku, price = parse.text(line.get("sku"), limit=64), parse.rupiah(line.get("price"))
    if not sku or price is None:
        return None
    kind = parse.text(line.get("kind"), limit=60)
    return Offer(
        sku=sku,
        name=parse.text(line.get("name")),
        category=kind,
        brand=parse.text(line.get("brand"), limit=60),
        kind=kind,
        price=price,
        is_open=line.get("is_open") is True,
        description=parse.text(line.get("description"), limit=500),
        multi=True,
        nominal=parse.balance(line.get("nominal")) or 0,
    )


def _statement_line(line: Mapping[str, object]) -> StatementLine | None:
    reference, verdict = line.get("ref_id"), words.state(line, raw="")
    if not isinstance(reference, str) or (verdict.price is None and verdict.outcome is not Outcome.FAILED):
        return None
    try:
        at = datetime.fromisoformat(parse.text(line.get("created_at"), limit=40))
    except ValueError:
        return None
    return StatementLine(
        reference=parse.text(reference, limit=64),
        outcome=verdict.outcome,
        price=verdict.price or 0,
        sku=parse.text(line.get("sku"), limit=64),
        destination=parse.text(line.get("destination"), limit=32),
        sn=verdict.sn,
        at=at,
    )
