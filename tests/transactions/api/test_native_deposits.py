"""A partner's machine announces deposits, reads what became of them, and says when it has paid."""

import json
from typing import Any

import pytest

from dealers.models import PartnerKey
from portal.lib import tenancy
from tests import factories
from tests.factories import Machine
from tests.transactions.api.test_native_reading import signed
from tests.transactions.deposit_rig import Till, till
from transactions import webhook_endpoints
from transactions.models import DepositTicket, HookFormat, TaskKind, WebhookDelivery

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Till:
    return till()


@pytest.fixture
def machine(here: Till) -> Machine:
    return factories.machine(here.dealer, money=0, username="setor")


def announce(machine: Machine, **fields: object) -> dict[str, Any]:
    answer = machine.post("deposits/", {"amount": 50_000, **fields})
    assert answer.status_code == 201, answer.content
    return dict(answer.json())


def tickets(here: Till) -> int:
    with tenancy.inside(here.dealer.pk):
        return DepositTicket.objects.count()


def test_a_ticket_says_what_to_transfer_where_and_until_when(here: Till, machine: Machine) -> None:
    made = announce(machine)
    assert made["amount"] - made["asked"] in range(1, 1_000)
    assert (made["bank"], made["account_number"], made["account_holder"]) == ("Bank Uji", "1234567890", "Toko Uji")
    assert (made["state"], made["credited"], made["ref_id"]) == ("open", None, None)
    assert machine.get(f"deposits/{made['code']}/").json() == made


def test_what_came_is_read_from_the_ticket_the_balance_and_the_statement(here: Till, machine: Machine) -> None:
    made = announce(machine)
    here.enter(made["amount"])
    found = machine.get(f"deposits/{made['code']}/").json()
    assert (found["state"], found["credited"]) == ("credited", made["amount"])
    assert machine.get("balance/").json()["balance"] == made["amount"]
    (line,) = machine.get("statements/").json()["results"]
    assert (line["kind"], line["reference"]) == ("deposit", f"deposit:ticket:{made['code']}")


def test_a_repeated_ref_id_returns_the_same_ticket(here: Till, machine: Machine) -> None:
    made = announce(machine, ref_id="D-1")
    again = machine.post("deposits/", {"amount": 50_000, "ref_id": "D-1"})
    assert (again.status_code, again.json()) == (200, made)
    other = machine.post("deposits/", {"amount": 60_000, "ref_id": "D-1"})
    assert (other.status_code, other.json()["code"], other.json()["deposit"]) == (409, "ref_id_reused", made["code"])
    assert tickets(here) == 1


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"amount": 9_999}, 422, "invalid"),
        ({"amount": 1_000_000_001}, 422, "invalid"),
        ({"amount": "banyak"}, 422, "invalid"),
        ({"amount": None}, 422, "invalid"),
        ({"bank": "BCA"}, 422, "unknown_bank"),
        ({"bank": "A\nB"}, 422, "invalid"),
        ({"ref_id": "a b"}, 422, "invalid"),
    ],
)
def test_what_cannot_be_a_ticket_is_refused(
    here: Till, machine: Machine, fields: dict[str, object], status: int, code: str
) -> None:
    answer = machine.post("deposits/", {"amount": 50_000, **fields})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert tickets(here) == 0


def test_the_sixth_open_ticket_is_refused(here: Till, machine: Machine) -> None:
    for n in range(1, 6):
        announce(machine, amount=10_000 * n)
    answer = machine.post("deposits/", {"amount": 99_000})
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_deposits")


def test_a_dealer_without_a_bank_account_says_so() -> None:
    machine = factories.machine(factories.dealer(), money=0)
    answer = machine.post("deposits/", {"amount": 50_000})
    assert (answer.status_code, answer.json()["code"]) == (409, "no_bank_account")


def test_tickets_come_in_pages_newest_first(machine: Machine) -> None:
    made = [announce(machine, amount=10_000 * n)["code"] for n in range(1, 4)]
    first = machine.get("deposits/", limit="2").json()
    rest = machine.get("deposits/", limit="2", cursor=str(first["next"])).json()
    assert [each["code"] for each in first["results"] + rest["results"]] == made[::-1]
    assert rest["next"] is None
    assert machine.get("deposits/", state="credited").json()["results"] == []


def test_a_claim_asks_the_dealers_staff(here: Till, machine: Machine) -> None:
    made = announce(machine)
    said = machine.post(f"deposits/{made['code']}/claim/", {"proof": "TRX 7788"})
    assert (said.status_code, said.json()["proof"], said.json()["state"]) == (200, "TRX 7788", "open")
    assert here.tasks(TaskKind.DEPOSIT) == [made["code"]]
    assert machine.post(f"deposits/{made['code']}/claim/", {"proof": "x"}).status_code == 422


def test_another_partner_sees_nothing_of_a_ticket(here: Till, machine: Machine) -> None:
    made = announce(machine, ref_id="D-1")
    others = [
        factories.machine(here.dealer, money=0, username="lain"),
        factories.machine(factories.dealer(), money=0, username="jauh"),
    ]
    for other in others:
        assert other.get("deposits/").json()["results"] == []
        assert other.get(f"deposits/{made['code']}/").status_code == 404
        assert other.post(f"deposits/{made['code']}/claim/", {"proof": "TRX 1"}).status_code == 404
    assert announce(others[0], ref_id="D-1")["code"] != made["code"]
    assert here.tasks(TaskKind.DEPOSIT) == []


def test_a_key_without_the_scope_opens_nothing(here: Till) -> None:
    before = factories.machine(here.dealer, money=0, username="lama", scopes=("buy", "read", "webhook"))
    answer = before.post("deposits/", {"amount": 50_000})
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    assert before.get("deposits/").status_code == 200
    assert tickets(here) == 0


def test_a_new_key_has_the_scope(here: Till, machine: Machine) -> None:
    with tenancy.inside(here.dealer.pk):
        assert all("deposit" in key.scopes for key in PartnerKey.objects.all())


def test_a_sandbox_key_asks_nobody_for_money(here: Till) -> None:
    trial = factories.machine(here.dealer, money=0, username="coba", is_sandbox=True)
    answer = trial.post("deposits/", {"amount": 50_000})
    assert (answer.status_code, answer.json()["code"]) == (409, "sandbox_has_no_deposits")
    assert trial.get("deposits/").json() == {"results": [], "next": None}
    assert tickets(here) == 0


def test_a_signed_call_is_taken_once(here: Till, machine: Machine) -> None:
    body = json.dumps({"amount": 50_000}).encode()
    path = "/api/v1/deposits/"
    assert signed(machine, "POST", path, body).json()["code"] == "replayed"
    assert signed(machine, "POST", path, body, **{"Konter-Nonce": "n-1"}).status_code == 201
    assert signed(machine, "POST", path, body, **{"Konter-Nonce": "n-1"}).status_code == 401
    assert tickets(here) == 1


def test_the_partner_is_told_when_a_deposit_is_credited(here: Till, machine: Machine) -> None:
    with tenancy.inside(here.dealer.pk):
        told = webhook_endpoints.add(machine.partner, url="https://example.com/a", how=HookFormat.NATIVE)
        webhook_endpoints.add(machine.partner, url="https://example.com/b", how=HookFormat.DIGIFLAZZ)
        before = ("order.succeeded", "order.failed")
        webhook_endpoints.add(machine.partner, url="https://example.com/c", how=HookFormat.NATIVE, events=before)
    made = announce(machine)
    here.enter(made["amount"])
    with tenancy.inside(here.dealer.pk):
        (row,) = WebhookDelivery.objects.all()
    said = json.loads(row.body)
    assert (row.endpoint_id, row.kind, said["type"]) == (told.endpoint.pk, "deposit.credited", "deposit.credited")
    assert said["data"] == machine.get(f"deposits/{made['code']}/").json()


def test_an_address_that_is_none_is_a_problem_whatever_stands_in_it(machine: Machine) -> None:
    answer = machine.post("deposits/a%0Ab/claim/", {"proof": "TRX 1"})
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.parametrize("proof", ["a\nb c", "    ", "a\x85bc", "\u00a0\u00a0\u00a0"])
def test_a_proof_is_one_line_with_something_to_be_seen(machine: Machine, proof: str) -> None:
    code = announce(machine)["code"]
    assert machine.post(f"deposits/{code}/claim/", {"proof": proof}).status_code == 422


def test_an_empty_state_is_none(machine: Machine) -> None:
    assert machine.get("deposits/", state="").status_code == 422
