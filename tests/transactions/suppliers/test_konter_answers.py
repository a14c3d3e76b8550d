"""What decides about a sale at another portal, what never does, and when a check may buy."""

import dataclasses
import json
import time

import pytest
from pytest_django import Settings

from tests.portal.servers import RawServer, answering_always
from tests.transactions.suppliers.konter_rig import HOOK_SECRET, KonterRig
from transactions import webhook_calls
from transactions.models import HookFormat
from transactions.suppliers import konter
from transactions.suppliers.base import BadSignature, Credentials, Outcome, Reason, TopUp, Verdict
from transactions.suppliers.konter import Konter

ASK = TopUp(
    reference="R-1", supplier_sku="TSEL10", destination="081234567890", max_price=11_000, not_after=float("inf")
)
ORDER = {
    "ref_id": "R-1", "status": "succeeded", "sku": "TSEL10", "destination": "081234567890", "price": 10_500,
    "sn": "0031889077129", "rc": "00", "reason": "none", "sandbox": False,
}  # fmt: skip


def account(url: str) -> Credentials:
    return Credentials(
        supplier_id=1,
        dealer_id=1,
        name="",
        base_url=url,
        username="toko-a",
        api_key="a-key",
        callback_secret=HOOK_SECRET,
        call_seconds=5,
        check_seconds=5,
    )


def said(status: int, body: object, *, kind: str = "application/json", ask: TopUp = ASK) -> tuple[Verdict, Verdict]:
    """What a first request and a check make of this answer to everything."""
    plain = json.dumps(body).encode()
    answer = f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(plain)}\r\n\r\n".encode() + plain
    with RawServer(answering_always(answer)) as server:
        connector = Konter(account(f"http://127.0.0.1:{server.port}"))
        return connector.top_up(ask), connector.check(ask)


@pytest.fixture(autouse=True)
def _loopback(settings: Settings) -> None:
    settings.OUTBOUND_ALLOW_NETWORKS = ["127.0.0.0/8"]


def test_an_order_of_ours_that_succeeded_is_sold() -> None:
    for verdict in said(201, ORDER):
        assert (verdict.outcome, verdict.sn, verdict.price) == (Outcome.SUCCEEDED, "0031889077129", 10_500)


@pytest.mark.parametrize(
    "patch",
    [
        {"ref_id": "R-2"}, {"ref_id": None}, {"sku": "TSEL5"}, {"sku": None}, {"destination": "081234567891"},
        {"status": "done"}, {"status": None}, {"status": ["succeeded"]}, {"status": "expired"}, {"sandbox": None},
        {"sandbox": "false"}, {"status": "paid"}, {"status": "processing"},
    ],
)  # fmt: skip
def test_an_order_that_does_not_fit_or_has_not_ended_is_pending(patch: dict[str, object]) -> None:
    for verdict in said(200, {**ORDER, **patch}):
        assert (verdict.outcome, verdict.sn) == (Outcome.PENDING, "")


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("wrong_number", Reason.WRONG_NUMBER), ("cut_off", Reason.CUT_OFF), ("supplier_account", Reason.DISTURBED),
        ("price", Reason.DISTURBED), ("none", Reason.DISTURBED), ("unheard_of", Reason.OTHER), (7, Reason.OTHER),
    ],
)  # fmt: skip
def test_their_reason_is_ours_but_for_their_own_troubles(word: object, reason: Reason) -> None:
    for verdict in said(200, {**ORDER, "status": "failed", "reason": word, "rc": "02", "sn": ""}):
        assert (verdict.outcome, verdict.reason, verdict.price) == (Outcome.FAILED, reason, None)


@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [
        (402, "insufficient_balance", Reason.SUPPLIER_ACCOUNT), (422, "unknown_sku", Reason.PRODUCT),
        (409, "price_above_max", Reason.PRICE), (422, "bad_destination", Reason.WRONG_NUMBER),
        (409, "product_closed", Reason.DISTURBED), (422, "invalid", Reason.SUPPLIER_ACCOUNT),
        (401, "unauthenticated", Reason.SUPPLIER_ACCOUNT), (403, "address_not_allowed", Reason.SUPPLIER_ACCOUNT),
    ],
)  # fmt: skip
def test_a_known_refusal_is_a_no_at_first_and_says_nothing_later(status: int, code: str, reason: Reason) -> None:
    first, later = said(status, {"status": status, "code": code}, kind="application/problem+json")
    assert (first.outcome, first.reason) == (Outcome.FAILED, reason)
    assert later.outcome is Outcome.PENDING


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (409, "ref_id_reused", "application/problem+json"), (429, "too_many_requests", "application/problem+json"),
        (503, "unavailable", "application/problem+json"), (422, "unheard_of", "application/problem+json"),
        (422, "unknown_sku", "application/json"), (404, "not_found", "application/problem+json"),
        (500, "insufficient_balance", "application/problem+json"), (204, "", "application/json"),
    ],
)  # fmt: skip
def test_whatever_else_is_refused_is_unknown(status: int, code: str, kind: str) -> None:
    for verdict in said(status, {"status": status, "code": code}, kind=kind):
        assert (verdict.outcome, verdict.sent) == (Outcome.PENDING, True)


def test_a_key_of_their_sandbox_buys_nothing_and_is_said_so_at_first() -> None:
    first, later = said(201, {**ORDER, "sandbox": True})
    assert (first.outcome, first.reason) == (Outcome.FAILED, Reason.SUPPLIER_ACCOUNT)
    assert later.outcome is Outcome.PENDING


@pytest.mark.django_db(transaction=True)
def test_a_check_of_an_old_request_that_they_do_not_know_buys_nothing(rig: KonterRig) -> None:
    """A portal that was restored has forgotten what it delivered."""
    old = dataclasses.replace(rig.ask("A1"), asked_ago=konter.BUY_AGAIN_SECONDS + 1)
    verdict = rig.connector.check(old)
    rig.work()
    assert (verdict.outcome, verdict.rc, rig.deliveries("A1")) == (Outcome.PENDING, "50", 0)
    assert rig.connector.balance() == 1_000_000


@pytest.mark.django_db(transaction=True)
def test_an_old_request_that_they_know_is_read(rig: KonterRig) -> None:
    ask = rig.ask("A2")
    rig.connector.top_up(ask)
    rig.work()
    assert rig.connector.check(dataclasses.replace(ask, asked_ago=86_400)).outcome is Outcome.SUCCEEDED


def signed(body: bytes, **fields: str) -> dict[str, str]:
    return {**webhook_calls.headers(HookFormat.NATIVE, HOOK_SECRET, "evt_one-event", "", body), **fields}


BODY = json.dumps({"type": "order.succeeded", "data": ORDER}).encode()


def test_one_fitting_signature_among_others_is_enough_while_a_secret_is_changed() -> None:
    headers = signed(BODY)
    headers["webhook-signature"] = f"v1,AAAA v1a,BBBB {headers['webhook-signature']}"
    callback = Konter(account("")).parse_callback(headers=headers, body=BODY)
    assert callback is not None
    assert (callback.event_id, callback.reference) == ("evt_one-event", "R-1")


@pytest.mark.parametrize("seconds", [-400, 400])
def test_a_callback_that_was_not_signed_about_now_is_refused(monkeypatch: pytest.MonkeyPatch, seconds: int) -> None:
    headers, now = signed(BODY), time.time()
    monkeypatch.setattr(time, "time", lambda: now + seconds)
    with pytest.raises(BadSignature):
        Konter(account("")).parse_callback(headers=headers, body=BODY)


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_what_is_signed_cannot_be_changed(name: str) -> None:
    headers = signed(BODY)
    headers[name] = headers[name][:-1] + ("1" if headers[name][-1] != "1" else "2")
    with pytest.raises(BadSignature):
        Konter(account("")).parse_callback(headers=headers, body=BODY)


@pytest.mark.parametrize("secret", ["", "whsec_", "geheim", "whsec_AAAA", "whsec_*"])
def test_an_account_without_a_whole_secret_believes_no_callback(secret: str) -> None:
    bare = Konter(dataclasses.replace(account(""), callback_secret=secret))
    with pytest.raises(BadSignature):
        bare.parse_callback(headers=signed(BODY), body=BODY)


def test_a_callback_that_contradicts_itself_is_pending() -> None:
    body = json.dumps({"type": "order.failed", "data": ORDER}).encode()
    callback = Konter(account("")).parse_callback(headers=signed(body), body=body)
    assert callback is not None
    assert callback.verdict.outcome is Outcome.PENDING


def test_what_they_tell_of_their_sandbox_is_no_callback() -> None:
    body = json.dumps({"type": "order.succeeded", "data": {**ORDER, "sandbox": True}}).encode()
    assert Konter(account("")).parse_callback(headers=signed(body), body=body) is None
