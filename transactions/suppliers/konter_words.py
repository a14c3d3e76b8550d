"""What the native API of a Konter portal says about a sale, in our verdicts.

Only the state of the order under our reference decides. A refusal says that no order was made, and is believed on
the first answer and under a word that is known; later it speaks of the request just made. Codes are those of
Digiflazz, so that staff read one table. Source: docs/openapi.yaml.
"""

import re
from collections.abc import Mapping

from transactions.suppliers import digiflazz_codes as codes
from transactions.suppliers import parse
from transactions.suppliers.base import Outcome, Reason, TopUp, Verdict

_RC = re.compile(r"[0-9A-Za-z_]{1,12}")
_OURS = Reason.SUPPLIER_ACCOUNT
_OTHER_CONTENT = "49"
REFUSALS: dict[str, tuple[str, Reason]] = {
    "unknown_sku": ("43", Reason.PRODUCT),
    "bad_destination": ("54", Reason.WRONG_NUMBER),
    "wrong_brand": ("52", Reason.WRONG_NUMBER),
    "product_closed": ("53", Reason.DISTURBED),
    "price_above_max": ("69", Reason.PRICE),
    "insufficient_balance": ("44", _OURS),
    "daily_cap_reached": ("44", _OURS),
    "invalid": ("40", _OURS),
    "malformed": ("40", _OURS),
    "unauthenticated": ("41", _OURS),
    "timestamp_out_of_range": ("41", _OURS),
    "address_not_allowed": ("45", _OURS),
    "partner_not_approved": ("82", _OURS),
    "partner_closed": ("80", _OURS),
    "scope_missing": ("88", _OURS),
}
"""Why certainly no order was made. `ref_id_reused` is none of them: an order of our reference stands there."""
_STATES = {"succeeded": Outcome.SUCCEEDED, "failed": Outcome.FAILED, "cancelled": Outcome.FAILED}
_WAITS = frozenset({"awaiting_payment", "paid", "processing"})
_THEIR_OWN_TROUBLE = frozenset({Reason.NONE, Reason.SUPPLIER_ACCOUNT, Reason.NO_ANSWER, Reason.PRICE})


def unknown(rc: str, *, raw: str, sent: bool = True, outcome: Outcome = Outcome.PENDING) -> Verdict:
    """No usable word about the sale."""
    return Verdict(outcome=outcome, rc=rc, reason=Reason.NO_ANSWER, raw=raw, sent=sent)


def refused(status: int, problem: str, *, message: str, raw: str) -> Verdict:
    """The first answer is an error: a definite no when its word is known, otherwise nothing is known."""
    if not 400 <= status < 500 or status == 429:
        return unknown(codes.NO_ANSWER, raw=raw)
    if problem not in REFUSALS:
        return unknown(_OTHER_CONTENT if problem == "ref_id_reused" else codes.GARBLED, raw=raw)
    rc, reason = REFUSALS[problem]
    return Verdict(outcome=Outcome.FAILED, rc=rc, reason=reason, message=parse.text(message), raw=raw)


def sandbox_key(raw: str) -> Verdict:
    """The first answer is an order of their sandbox: with this key nothing can be bought, and nothing was."""
    return Verdict(outcome=Outcome.FAILED, rc="88", reason=_OURS, raw=raw)


def order(data: Mapping[str, object], ask: TopUp, *, raw: str) -> Verdict:
    """What an order says about the sale that was asked for; other content under its reference decides nothing."""
    if data.get("ref_id") != ask.reference:
        return unknown(codes.GARBLED, raw=raw)
    sku = parse.text(data.get("sku"), limit=64)
    if sku.upper() != ask.supplier_sku.upper() or data.get("destination") != ask.destination:
        return unknown(_OTHER_CONTENT, raw=raw)
    return state(data, raw=raw)


def state(data: Mapping[str, object], *, raw: str) -> Verdict:
    """What the state of an order means. One of their sandbox has delivered nothing, whatever it says."""
    word = data.get("status")
    if data.get("sandbox") is not False or not isinstance(word, str):
        return unknown(codes.GARBLED, raw=raw)
    if word in _WAITS:
        price = parse.rupiah(data.get("price"))
        return Verdict(outcome=Outcome.PENDING, rc="03", reason=Reason.NO_ANSWER, price=price, raw=raw)
    if word not in _STATES:
        return unknown(codes.GARBLED, raw=raw)
    if _STATES[word] is Outcome.FAILED:
        return Verdict(outcome=Outcome.FAILED, rc=_rc(data), reason=_reason(data), raw=raw)
    return Verdict(
        outcome=Outcome.SUCCEEDED,
        rc="00",
        reason=Reason.NONE,
        sn=parse.serial(data.get("sn")),
        price=parse.rupiah(data.get("price")),
        raw=raw,
    )


def _rc(data: Mapping[str, object]) -> str:
    rc = data.get("rc")
    return rc if isinstance(rc, str) and _RC.fullmatch(rc) and rc != "00" else "02"


def _reason(data: Mapping[str, object]) -> Reason:
    """Their reason, unless it speaks of their own troubles, which are a disturbance to us."""
    word = data.get("reason")
    if not isinstance(word, str) or word not in set(Reason):
        return Reason.OTHER
    return Reason.DISTURBED if Reason(word) in _THEIR_OWN_TROUBLE else Reason(word)
