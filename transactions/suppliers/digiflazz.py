"""Digiflazz as a supplier: prepaid top-ups, their check, balance, price list, PLN names, webhooks.

A prepaid sale is checked by sending the same request again, so a check that is the first to arrive
*is* the purchase. Only an answer that fits in every respect (our reference, a known code, the status
word that belongs to the code) decides; the rest is pending, with what came kept for a person.
The md5 signature is the supplier's demand, not our choice. Source: Digiflazz buyer API documentation.
"""

import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Mapping
from functools import lru_cache

from portal.lib import outbound
from transactions.suppliers import digiflazz_codes as codes
from transactions.suppliers import parse
from transactions.suppliers.base import (
    BadCallback,
    BadSignature,
    Callback,
    Credentials,
    Offer,
    Outcome,
    PlnCustomer,
    Reason,
    SupplierUnavailable,
    TopUp,
    Trouble,
    Verdict,
)

TRIAL_SKU, TRIAL_NUMBER = "xld10", "087800001230"
"""What the sandbox sells, and the number at which that succeeds."""
_QUESTION_SECONDS = 20.0
_PRICE_LIST_BYTES = 16 * 1024 * 1024
_CALLBACK_BYTES = 256 * 1024
_RC = re.compile(r"[0-9A-Za-z]{1,8}")
_EVENT_ID = re.compile(r"[0-9A-Za-z._:\-]{8,100}")
_UNKNOWN_METER = frozenset({"02", "50", "54", "57"})
_BEFORE, _AFTER = b'{"data":[{', b"}]}"
_WORDS = {"00": "sukses", "03": "pending", "99": "pending"}


class Digiflazz:
    """One buyer account. Keeps nothing but its credentials: connections are pooled by the outbound client."""

    has_own_sandbox_key = False

    def __init__(self, credentials: Credentials) -> None:
        self._account = credentials
        self._base = credentials.base_url.rstrip("/")

    def top_up(self, ask: TopUp) -> Verdict:
        """Buy. FAILED with `sent=False` when certainly nothing left: another route may be taken."""
        return self._transact(ask, again=False)

    def check(self, ask: TopUp) -> Verdict:
        """The same request again; one that could not be sent proves nothing about the first."""
        return self._transact(ask, again=True)

    def try_sale(self) -> Verdict:
        """The documented sale of the sandbox: `testing`, with the account's own key."""
        ask = TopUp(
            reference=f"uji-{secrets.token_hex(8)}",
            supplier_sku=TRIAL_SKU,
            destination=TRIAL_NUMBER,
            max_price=0,
            not_after=time.monotonic() + self._account.call_seconds,
        )
        return self._transact(ask, again=False, is_trial=True)

    def balance(self) -> int:
        data = self._question("cek-saldo", "depo", {"cmd": "deposit"})
        amount = parse.balance(data.get("deposit")) if isinstance(data, dict) else None
        if amount is None:
            raise _no("balance", data)
        return amount

    def price_list(self) -> list[Offer]:
        """The prepaid list; the supplier allows one full list in five minutes (rc 83)."""
        body = self._ask("price-list", "pricelist", {"cmd": "prepaid"}, answer_limit=_PRICE_LIST_BYTES)
        lines = _line_by_line(body)
        if lines is None:
            data = self._read(body)
            if not isinstance(data, list):
                raise _no("price list", data)
            lines = [_offer(item) for item in data]
        offers = [offer for offer in lines if offer is not None]
        if lines and not offers:
            raise SupplierUnavailable("no readable line in the price list")
        return offers

    def inquire_pln(self, customer_no: str) -> PlnCustomer | None:
        """The name behind a PLN meter or customer number, None when PLN does not know it."""
        data = self._question("inquiry-pln", customer_no, {"customer_no": customer_no})
        if not isinstance(data, dict):
            raise _no("customer", data)
        rc = parse.text(data.get("rc"), limit=8)
        if rc in _UNKNOWN_METER:
            return None
        if rc != "00" or data.get("customer_no") != customer_no:
            raise _no("customer", data)
        return PlnCustomer(
            customer_no=customer_no,
            meter_no=parse.text(data.get("meter_no"), limit=20),
            subscriber_id=parse.text(data.get("subscriber_id"), limit=20),
            name=parse.text(data.get("name"), limit=100),
            segment_power=parse.text(data.get("segment_power"), limit=40),
        )

    def parse_callback(self, *, headers: Mapping[str, str], body: bytes) -> Callback | None:
        """A webhook, believed because of the HMAC over its very bytes; None is a ping."""
        lower = {name.lower(): value for name, value in headers.items()}
        self._prove(lower.get("x-hub-signature", ""), body)
        if len(body) > _CALLBACK_BYTES:
            raise BadCallback("too large")
        try:
            answer = parse.json_object(body)
        except parse.Unreadable as broken:
            raise BadCallback(str(broken)) from broken
        data = answer.get("data")
        if not isinstance(data, dict):
            if lower.get("x-digiflazz-event") == "ping" or "hook_id" in answer:
                return None
            raise BadCallback("no data")
        reference = data.get("ref_id")
        if not isinstance(reference, str) or not reference or parse.text(reference) != reference:
            raise BadCallback("no ref_id")
        verdict = _read(data, reference, again=True, raw=self._masked(body))
        return Callback(event_id=_event_id(lower, body), reference=reference, verdict=verdict)

    def _prove(self, signature: str, body: bytes) -> None:
        secret = self._account.callback_secret
        if not secret:
            raise BadSignature("this account has no secret for callbacks")
        digest = hmac.new(secret.encode(), body, hashlib.sha1).hexdigest()
        if not hmac.compare_digest(f"sha1={digest}".encode(), signature.encode("utf-8", "replace")):
            raise BadSignature("the signature does not fit the body")

    def _sign(self, salt: str) -> str:
        signed = f"{self._account.username}{self._account.api_key}{salt}"
        return hashlib.md5(signed.encode(), usedforsecurity=False).hexdigest()

    def _masked(self, body: bytes | str, *also: str) -> str:
        account = self._account
        return parse.kept(body, (account.api_key, account.callback_secret, account.username, *also))

    def _transact(self, ask: TopUp, *, again: bool, is_trial: bool = False) -> Verdict:
        payload = self._payload(ask)
        if is_trial:
            payload |= {"testing": True}
            del payload["max_price"]
        sign = str(payload["sign"])
        seconds = self._account.check_seconds if again else self._account.call_seconds
        try:
            answer = outbound.post_json(
                f"{self._base}/transaction", payload, total_seconds=seconds, not_after=ask.not_after
            )
        except outbound.TooLate as late:
            return _unknown(codes.TOO_LATE, raw=self._masked(str(late), sign), sent=False)
        except outbound.NotSent as failed:
            outcome = Outcome.PENDING if again else Outcome.FAILED
            return _unknown(codes.NOT_SENT, raw=self._masked(str(failed), sign), sent=False, outcome=outcome)
        except outbound.Unanswered as silent:
            came = silent.body.decode("utf-8", "replace")
            return _unknown(codes.NO_ANSWER, raw=self._masked(f"{silent}\n{came}".strip(), sign))
        raw = self._masked(b"HTTP %d\n" % answer.status + answer.body, sign)
        data = _data(answer)
        return _unknown(codes.GARBLED, raw=raw) if data is None else _read(data, ask.reference, again=again, raw=raw)

    def _payload(self, ask: TopUp) -> dict[str, object]:
        payload: dict[str, object] = {
            "username": self._account.username,
            "buyer_sku_code": ask.supplier_sku,
            "customer_no": ask.destination,
            "ref_id": ask.reference,
            "sign": self._sign(ask.reference),
            "max_price": ask.max_price,
        }
        if ask.callback_url:
            payload["cb_url"] = ask.callback_url
        if "." in ask.destination:
            payload["allow_dot"] = True
        return payload

    def _question(self, path: str, salt: str, fields: Mapping[str, object]) -> object:
        return self._read(self._ask(path, salt, fields))

    def _ask(
        self, path: str, salt: str, fields: Mapping[str, object], *, answer_limit: int = outbound.ANSWER_LIMIT
    ) -> bytes:
        """The body of an answer to a question that is no sale. Raises SupplierUnavailable."""
        payload = {"username": self._account.username, **fields, "sign": self._sign(salt)}
        seconds = min(_QUESTION_SECONDS, self._account.check_seconds)
        try:
            answer = outbound.post_json(
                f"{self._base}/{path}", payload, total_seconds=seconds, answer_limit=answer_limit
            )
        except (outbound.NotSent, outbound.Unanswered) as failed:
            raise self._unavailable(failed) from failed
        if answer.status not in {200, 400}:
            raise SupplierUnavailable(f"HTTP {answer.status}")
        return answer.body

    def _read(self, body: bytes) -> object:
        """What is wrapped in the answer. Raises SupplierUnavailable."""
        try:
            return parse.json_object(body).get("data")
        except parse.Unreadable as failed:
            raise self._unavailable(failed) from failed

    def _unavailable(self, failed: Exception) -> SupplierUnavailable:
        trouble = next(trouble for kind, trouble in _TROUBLES if isinstance(failed, kind))
        return SupplierUnavailable(self._masked(str(failed)), trouble=trouble)


_TROUBLES: tuple[tuple[type[Exception], Trouble], ...] = (
    (outbound.ForbiddenAddress, Trouble.FORBIDDEN),
    (outbound.NotSent, Trouble.UNREACHABLE),
    (outbound.Unanswered, Trouble.SILENT),
    (parse.Unreadable, Trouble.GARBLED),
)


def _no(what: str, data: object) -> SupplierUnavailable:
    """An answer without what was asked for; its code, if it has one, says why."""
    rc = parse.text(data.get("rc"), limit=8) if isinstance(data, dict) else ""
    return SupplierUnavailable(f"no {what} in the answer, rc {rc or '-'}", trouble=codes.trouble(rc))


def _data(answer: outbound.Response) -> dict[str, object] | None:
    """The wrapped answer. A request refused before there is a record comes as 400 with the usual body."""
    if answer.status not in {200, 400}:
        return None
    try:
        data = parse.json_object(answer.body).get("data")
    except parse.Unreadable:
        return None
    return data if isinstance(data, dict) else None


def _unknown(rc: str, *, raw: str, sent: bool = True, outcome: Outcome = Outcome.PENDING) -> Verdict:
    return Verdict(outcome=outcome, rc=rc, reason=Reason.NO_ANSWER, raw=raw, sent=sent)


def _read(data: Mapping[str, object], reference: str, *, again: bool, raw: str) -> Verdict:
    rc = data.get("rc")
    if not isinstance(rc, str) or not _RC.fullmatch(rc) or data.get("ref_id", reference) != reference:
        return _unknown(codes.GARBLED, raw=raw)
    code = codes.CODES.get(rc)
    outcome = _decide(code, data, again=again) if code else Outcome.PENDING
    sn = parse.serial(data.get("sn"))
    reason = code.reason if code and (outcome is not Outcome.PENDING or rc != "00") else Reason.NO_ANSWER
    return Verdict(
        outcome=outcome,
        rc=rc,
        reason=reason,
        message=parse.text(data.get("message")),
        sn=sn if outcome is Outcome.SUCCEEDED else "",
        price=None if outcome is Outcome.FAILED else parse.rupiah(data.get("price")),
        balance=parse.balance(data.get("buyer_last_saldo")),
        raw=raw,
    )


def _decide(code: codes.Code, data: Mapping[str, object], *, again: bool) -> Outcome:
    """The table's word, if reference and status word agree with it."""
    outcome = code.again if again else code.first
    if outcome is Outcome.PENDING:
        return outcome
    if "ref_id" not in data and (again or code.has_record):
        return Outcome.PENDING
    word = data.get("status")
    if word is None and not code.has_record:
        return outcome  # refused before there was anything that could have a status
    agrees = isinstance(word, str) and word.lower() == _WORDS.get(code.rc, "gagal")
    return outcome if agrees else Outcome.PENDING


def _event_id(lower: Mapping[str, str], body: bytes) -> str:
    delivery = lower.get("x-digiflazz-delivery", "")
    return delivery if _EVENT_ID.fullmatch(delivery) else hashlib.sha256(body).hexdigest()


def _offer(item: object) -> Offer | None:
    """One line of the list, None when it could not be sold from."""
    if not isinstance(item, dict):
        return None
    sku, price = parse.text(item.get("buyer_sku_code"), limit=64), parse.rupiah(item.get("price"))
    if not sku or price is None:
        return None
    start, end = parse.clock(item.get("start_cut_off")), parse.clock(item.get("end_cut_off"))
    closes = bool(start and end and start != end)
    in_stock = item.get("unlimited_stock") is True or (parse.whole(item.get("stock")) or 0) > 0
    return Offer(
        sku=sku,
        name=parse.text(item.get("product_name")),
        category=parse.text(item.get("category"), limit=60),
        brand=parse.text(item.get("brand"), limit=60),
        kind=parse.text(item.get("type"), limit=60),
        price=price,
        is_open=item.get("buyer_product_status") is True and item.get("seller_product_status") is True and in_stock,
        cut_off_start=start if closes else "",
        cut_off_end=end if closes else "",
        description=parse.text(item.get("desc"), limit=500),
        multi=item.get("multi") is True,
    )


def _line_by_line(body: bytes) -> list[Offer | None] | None:
    """The lines of a list as it usually comes: compact, flat, nothing around it. None when it does not.

    Between two lines of such a list stand just the bytes `},{`. They might also stand inside a text; but what lies
    between two of those is no JSON object by itself then, since a text's quotation marks are escaped.
    """
    if not (body.startswith(_BEFORE) and body.endswith(_AFTER)):
        return None
    try:
        return [_line(piece) for piece in body[len(_BEFORE) : -len(_AFTER)].split(b"},{")]
    except parse.Unreadable:
        return None


# A list is fetched every few minutes and says nearly the same: what was read before is not read again.
@lru_cache(maxsize=20_000)
def _line(piece: bytes) -> Offer | None:
    return _offer(parse.json_object(b"{%b}" % piece))
