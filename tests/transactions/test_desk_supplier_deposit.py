"""Money into the deposit at a supplier: shown first, booked once per proof, whoever books it."""

import pytest
from django.urls import reverse

from dealers.models import Role
from portal.lib import tenancy
from tests.transactions import catalogue_rig as rig
from tests.transactions.desk_rig import Desk, desk
from transactions import accounts, ledger
from transactions.models import Transfer

pytestmark = pytest.mark.django_db

DEPOSIT = accounts.supplier("konter-a")
FORM = {"supplier": "konter-a", "amount": "500.000", "source": "bank", "proof": "TF 001"}


@pytest.fixture
def here() -> Desk:
    return desk(money=0)


def held(here: Desk, account: accounts.Acc = DEPOSIT) -> int:
    """What is in an account, as the ledger counts: money that lies there is negative."""
    with tenancy.inside(here.shop.dealer.pk):
        return ledger.balance(here.shop.dealer.pk, account)


def test_it_is_shown_with_the_balance_before_and_after_and_not_booked(here: Desk) -> None:
    shown = rig.text(rig.send(here.as_(), "supplier_deposit", **FORM))
    assert shown.count("Rp500.000") == 2
    assert "TF 001" in shown
    assert held(here) == 0


def test_the_bank_has_less_and_the_supplier_more(here: Desk) -> None:
    rig.send(here.as_(), "supplier_deposit", **FORM, sure="on")
    assert (held(here), held(here, accounts.bank("main"))) == (-500_000, 500_000)


def test_what_lay_there_before_is_the_owners_own_money(here: Desk) -> None:
    rig.send(here.as_(), "supplier_deposit", **{**FORM, "source": "opening"}, sure="on")
    assert (held(here), held(here, accounts.EQUITY)) == (-500_000, 500_000)


@pytest.mark.parametrize("proof", ["TF 001", "tf  001", " Tf 001 "])
def test_one_proof_is_booked_once_whoever_books_it_and_however_it_is_spelled(here: Desk, proof: str) -> None:
    rig.send(here.as_(), "supplier_deposit", **FORM, sure="on")
    again = {**FORM, "amount": "700.000", "source": "opening", "proof": proof, "sure": "on"}
    answer = here.as_(Role.MANAGER).post(reverse("desk:supplier_deposit"), again, follow=True)
    assert "Bukti ini sudah dibukukan: Rp500.000" in answer.content.decode()
    assert held(here) == -500_000


def test_the_reference_names_who_booked_it(here: Desk) -> None:
    rig.send(here.as_(), "supplier_deposit", **FORM, sure="on")
    with tenancy.inside(here.shop.dealer.pk):
        transfer = Transfer.objects.get(reference__startswith="supplier-deposit:")
    assert transfer.reference == f"supplier-deposit:konter-a:TF 001:{here.person(Role.OWNER).pk}"


@pytest.mark.parametrize("wrong", [{"proof": ""}, {"proof": "a:b"}, {"amount": "999"}, {"source": "cash"}])
def test_what_is_missing_or_wrong_books_nothing(here: Desk, wrong: dict[str, str]) -> None:
    assert rig.send(here.as_(), "supplier_deposit", **{**FORM, **wrong}, sure="on").status_code == 200
    assert held(here) == 0


def test_the_supplier_of_the_link_is_chosen(here: Desk) -> None:
    rig.second(here)
    shown = rig.text(here.as_().get(reverse("desk:supplier_deposit"), {"to": "kedua"}))
    assert '<option value="kedua" selected>' in shown
