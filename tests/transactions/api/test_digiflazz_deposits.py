"""The deposit ticket in the words of the Digiflazz buyer API."""

from typing import Any

import pytest

from portal.lib import tenancy
from tests import factories
from tests.factories import Machine
from tests.transactions.api.test_digiflazz_server import call
from tests.transactions.deposit_rig import Till, till
from transactions.models import DepositTicket

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Till:
    return till()


@pytest.fixture
def machine(here: Till) -> Machine:
    return factories.machine(here.dealer, money=0, username="setor")


def ticket(machine: Machine, **fields: Any) -> tuple[int, Any]:
    return call(machine, "deposit", "deposit", **{"amount": 200_000, "bank": "BCA", "owner_name": "Budi", **fields})


def test_a_ticket_answers_what_to_transfer_and_where(here: Till, machine: Machine) -> None:
    status, data = ticket(machine)
    assert (status, data["rc"], data["bank"], data["account_no"]) == (200, "00", "Bank Uji", "1234567890")
    assert set(data) == {"rc", "amount", "notes", "bank", "payment_method", "account_no"}
    assert 200_000 < data["amount"] < 201_000
    with tenancy.inside(here.dealer.pk):
        kept = DepositTicket.objects.get()
    assert (kept.amount, kept.payer, kept.source) == (data["amount"], "Budi", "digiflazz")


def test_what_is_transferred_is_in_the_balance(here: Till, machine: Machine) -> None:
    _status, data = ticket(machine)
    here.enter(data["amount"])
    assert call(machine, "cek-saldo", "depo", cmd="deposit")[1]["deposit"] == data["amount"]


def test_the_same_call_again_is_the_same_ticket_until_its_money_came(here: Till, machine: Machine) -> None:
    first, again = ticket(machine)[1], ticket(machine)[1]
    assert again == first
    here.enter(first["amount"])
    assert ticket(machine)[1]["amount"] != first["amount"]


def test_the_bank_may_be_spelled_with_a_capital_letter(here: Till, machine: Machine) -> None:
    factories.bank_account(here.dealer, "555000111")
    given = {"username": machine.partner.username, "amount": "200000", "owner_name": "Budi", "Bank": "uji"}
    assert call(machine, "deposit", "deposit", **given)[1]["account_no"] == "1234567890"


@pytest.mark.parametrize(
    ("fields", "status", "rc"),
    [
        ({"amount": 5_000}, 200, "84"),
        ({"amount": 0}, 200, "84"),
        ({"amount": "banyak"}, 400, "40"),
        ({"amount": -200_000}, 400, "40"),
        ({"owner_name": "x" * 61}, 400, "40"),
        ({"key": "falsch"}, 400, "41"),
    ],
)
def test_refusals_come_in_the_protocols_own_words(
    here: Till, machine: Machine, fields: dict[str, Any], status: int, rc: str
) -> None:
    found, data = ticket(machine, **fields)
    assert (found, data["rc"], data["status"]) == (status, rc, "Gagal")
    with tenancy.inside(here.dealer.pk):
        assert not DepositTicket.objects.exists()


def test_a_dealer_without_an_account_and_a_sixth_ticket_are_rc_64(here: Till, machine: Machine) -> None:
    for n in range(5):
        assert ticket(machine, amount=100_000 + 10_000 * n)[1]["rc"] == "00"
    assert ticket(machine, amount=900_000)[1]["rc"] == "64"
    poor = factories.machine(factories.dealer(), money=0, username="tanpa-bank")
    assert ticket(poor)[1]["rc"] == "64"


def test_sandbox_keys_and_keys_without_the_scope_are_rc_88(here: Till) -> None:
    trial = factories.machine(here.dealer, money=0, username="coba", is_sandbox=True)
    before = factories.machine(here.dealer, money=0, username="lama", scopes=("buy", "read"))
    assert [ticket(each)[1]["rc"] for each in (trial, before)] == ["88", "88"]
