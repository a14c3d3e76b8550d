"""What is forged, replayed, too old, from elsewhere or unknown is refused, each dialect in its own words."""

import hmac
import json
import time
from collections.abc import Callable
from datetime import timedelta
from hashlib import md5, sha256
from typing import Any

import pytest
from django.test import Client

from dealers import partners
from dealers.models import Partner, PartnerState
from portal.lib import tenancy
from tests import factories
from tests.factories import Machine, Shop
from tests.transactions.api.test_digiflazz_server import BASE, call, top_up
from transactions.api import bounds
from transactions.models import Order

pytestmark = pytest.mark.django_db
PATH = "/api/v1/orders/"
BODY = b'{"ref_id":"A-1","sku":"TSEL10","destination":"081234567890"}'


@pytest.fixture
def shop() -> Shop:
    return factories.shop(money=0)


@pytest.fixture
def machine(shop: Shop) -> Machine:
    return factories.machine(shop.dealer)


def sign(
    machine: Machine, *, at: float = 0, body: bytes = BODY, method: str = "POST", path: str = PATH
) -> dict[str, str]:
    """Headers of a call that is signed `at` seconds from now."""
    stamp = str(int(time.time() + at))
    proof = hmac.new(machine.key.encode(), f"{stamp}.{method}.{path}.".encode() + body, sha256).hexdigest()
    return {"Konter-Key": machine.partner.username, "Konter-Timestamp": stamp, "Konter-Signature": f"v1={proof}"}


def send(headers: dict[str, str], body: bytes = BODY, path: str = PATH) -> tuple[int, str]:
    """Status and code of the problem."""
    answer: Any = Client(headers=headers).generic("POST", path, body, content_type="application/json")
    return answer.status_code, answer.json().get("code", "")


def nothing_was_bought(shop: Shop) -> bool:
    with tenancy.inside(shop.dealer.pk):
        return not Order.objects.exists()


Forge = Callable[[Machine], dict[str, str]]
FORGED: dict[str, tuple[Forge, int, str]] = {
    "no proof": (lambda m: {}, 401, "unauthenticated"),
    "another body": (lambda m: sign(m, body=BODY.replace(b"7890", b"7891")), 401, "unauthenticated"),
    "another path": (lambda m: sign(m, path="/api/v1/orders/batch/"), 401, "unauthenticated"),
    "a query more": (lambda m: sign(m, path=f"{PATH}?x=1"), 401, "unauthenticated"),
    "another method": (lambda m: sign(m, method="PUT"), 401, "unauthenticated"),
    "no version": (lambda m: {k: v.removeprefix("v1=") for k, v in sign(m).items()}, 401, "unauthenticated"),
    "an empty signature": (lambda m: {**sign(m), "Konter-Signature": ""}, 401, "unauthenticated"),
    "another's name": (lambda m: {**sign(m), "Konter-Key": "niemand"}, 401, "unauthenticated"),
    "a changed time": (lambda m: {**sign(m), "Konter-Timestamp": str(int(time.time()) + 1)}, 401, "unauthenticated"),
    "too old": (lambda m: sign(m, at=-305), 401, "timestamp_out_of_range"),
    "too early": (lambda m: sign(m, at=305), 401, "timestamp_out_of_range"),
    "an unknown key": (lambda m: {"Authorization": "Bearer kt_live_x"}, 401, "unauthenticated"),
    "half a key": (lambda m: {"Authorization": f"Bearer {m.key[:-1]}"}, 401, "unauthenticated"),
    "the key as a password": (lambda m: {"Authorization": f"Basic {m.key}"}, 401, "unauthenticated"),
    "an empty key": (lambda m: {"Authorization": "Bearer "}, 401, "unauthenticated"),
}


@pytest.mark.parametrize("how", FORGED)
def test_a_native_call_is_refused_for(shop: Shop, machine: Machine, how: str) -> None:
    forge, status, code = FORGED[how]
    assert send(forge(machine)) == (status, code)
    assert nothing_was_bought(shop)


def test_a_signed_call_within_the_tolerance_is_taken(machine: Machine) -> None:
    assert [send(sign(machine, at=at))[0] for at in (-290, 290)] == [201, 200]


def test_a_replayed_order_is_the_order_and_a_replayed_change_is_refused(machine: Machine) -> None:
    headers = sign(machine)
    assert [send(headers)[0] for _ in range(3)] == [201, 200, 200]
    assert machine.get("balance/").json()["balance"] == 989_500
    path, body = "/api/v1/webhooks/", json.dumps({"url": "http://10.0.0.1/"}).encode()
    changing = {**sign(machine, path=path, body=body), "Konter-Nonce": "n-1"}
    assert send(changing, body, path) == (422, "bad_url")
    assert send(changing, body, path) == (401, "replayed")
    assert send(sign(machine, path=path, body=body), body, path) == (401, "replayed")


def close(machine: Machine) -> None:
    Partner.objects.filter(pk=machine.partner.pk).update(state=PartnerState.CLOSED)


def apply(machine: Machine) -> None:
    Partner.objects.filter(pk=machine.partner.pk).update(state=PartnerState.APPLIED)


def elsewhere(machine: Machine) -> None:
    partners.agree(machine.partner, partners.Terms(tier="partner", daily_cap=None, addresses=("192.0.2.0/24",)))


def read_only(machine: Machine) -> None:
    machine.partner.keys.update(scopes=["read"])


def rotated(machine: Machine) -> None:
    partners.rotate(machine.partner.keys.get(), overlap=timedelta(0), by=None)


def revoked(machine: Machine) -> None:
    partners.revoke(machine.partner.keys.get())


@pytest.mark.parametrize(
    ("happened", "status", "code", "rc"),
    [
        (close, 403, "partner_closed", "80"),
        (apply, 403, "partner_not_approved", "82"),
        (elsewhere, 403, "address_not_allowed", "45"),
        (read_only, 403, "scope_missing", "88"),
        (rotated, 401, "unauthenticated", "41"),
        (revoked, 401, "unauthenticated", "41"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_each_dialect_says_why_in_its_own_words(
    shop: Shop, machine: Machine, happened: Callable[[Machine], None], status: int, code: str, rc: str
) -> None:
    with tenancy.inside(shop.dealer.pk):
        happened(machine)
    bearer = machine.orders()
    assert (bearer.status_code, bearer.json()["code"]) == (status, code)
    assert send(sign(machine)) == (status, code)
    got, said = top_up(machine)
    assert (got, said["rc"], said["status"]) == (400, rc, "Gagal")
    assert nothing_was_bought(shop)


def test_a_digiflazz_sign_is_good_for_its_own_ref_id_and_call_only(shop: Shop, machine: Machine) -> None:
    buying = {"buyer_sku_code": "tsel10", "customer_no": "081234567890"}
    assert call(machine, "transaction", "D-1", ref_id="D-2", **buying)[1]["rc"] == "41"
    assert call(machine, "transaction", "depo", ref_id="D-1", **buying)[1]["rc"] == "41"
    assert call(machine, "cek-saldo", "pricelist")[1]["rc"] == "41"
    assert call(machine, "inquiry-pln", "530000000001", customer_no="530000000002")[1]["rc"] == "41"
    assert nothing_was_bought(shop)


@pytest.mark.parametrize("value", ["", None, 7, [], {}, "x" * 10_000, "\ud800", True])
@pytest.mark.parametrize("field", ["sign", "username"])
def test_a_digiflazz_call_without_a_real_sign_or_name_is_refused(
    shop: Shop, machine: Machine, field: str, value: object
) -> None:
    proof = md5(f"mitra{machine.key}D-1".encode(), usedforsecurity=False).hexdigest()
    body = {"username": "mitra", "sign": proof, "ref_id": "D-1", "buyer_sku_code": "tsel10"}
    answer: Any = Client().post(
        f"{BASE}transaction", {**body, "customer_no": "081234567890", field: value}, content_type="application/json"
    )
    assert (answer.status_code, answer.json()["data"]["rc"]) == (400, "41" if field == "sign" else "42")
    assert nothing_was_bought(shop)


def test_an_address_that_keeps_guessing_hears_so_in_either_dialect(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "STRANGERS_PER_MINUTE", 3)
    # Tests before this one have called from the same address: from some call on, not from which.
    said = [top_up(machine, key="falsch")[1]["rc"] for _ in range(4)]
    assert (said, said[-1], set(said) - {"41", "85"}) == (sorted(said), "85", set())
    native = [send({"Authorization": "Bearer falsch"}) for _ in range(4)]
    refused = {(401, "unauthenticated"), (429, "too_many_requests")}
    assert (native, native[-1], set(native) - refused) == (sorted(native), (429, "too_many_requests"), set())
    assert (top_up(machine)[1]["rc"], machine.orders().status_code) == ("03", 201)
