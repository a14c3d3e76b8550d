"""The desk's page of money in: entering and pasting lines, confirming, assigning, sending back."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.utils import timezone

from dealers.models import Role
from portal.lib import tenancy
from tests import factories
from tests.transactions.bank_rig import entered, line
from tests.transactions.desk_rig import Desk, desk
from tests.transactions.paying_rig import audited, open_code, ordered
from transactions.models import BankAccount, BankLine, Status

pytestmark = pytest.mark.django_db

PAGE = "/desk/uang-masuk/"


@pytest.fixture
def at() -> Iterator[Desk]:
    with audited():
        made = desk()
        factories.bank_account(made.shop.dealer)
        yield made


@pytest.fixture
def cashier(at: Desk) -> Client:
    return at.as_(Role.CASHIER)


def account(at: Desk) -> str:
    with tenancy.inside(at.shop.dealer.pk):
        return str(BankAccount.objects.get().pk)


def lines(at: Desk) -> list[tuple[int, str]]:
    with tenancy.inside(at.shop.dealer.pk):
        return list(BankLine.objects.order_by("id").values_list("amount", "reference"))


def pastes(at: Desk, cashier: Client, text: str) -> str:
    given = {"paste-account": account(at), "paste-text": text}
    return cashier.post(PAGE, given, follow=True).content.decode()


def today(form: str) -> str:
    return timezone.localdate().strftime(form)


def test_one_line_is_entered(at: Desk, cashier: Client) -> None:
    given = {
        "account": account(at),
        "day": today("%Y-%m-%d"),
        "amount": "10.377",
        "reference": "FT 26 1",
        "note": "BUDI",
    }
    page = cashier.post(PAGE, given, follow=True).content.decode()
    assert "1 uang masuk dicatat" in page
    assert lines(at) == [(10_377, "FT261")]


def test_many_lines_are_pasted_and_known_ones_passed_over(at: Desk, cashier: Client) -> None:
    day = today("%d/%m/%Y")
    pastes(at, cashier, f"{day}; 10.377; BUDI; FT-1")
    page = pastes(at, cashier, f"{day}; 10.377; BUDI; FT-1\n\n{today('%Y-%m-%d')}\tRp 20.000\tSITI\tFT-2\n")
    assert "1 uang masuk dicatat" in page
    assert "1 baris sudah tercatat" in page
    assert lines(at) == [(10_377, "FT-1"), (20_000, "FT-2")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("24/11/2026; 10.377", "empat bagian"),
        ("kemarin; 10.377; A; FT-1", "tanggal tidak terbaca"),
        ("{day}; 10,377; A; FT-1", "jumlah tidak terbaca"),
        ("{day}; -10.377; A; FT-1", "hanya uang masuk"),
        ("01/01/2020; 10.377; A; FT-1", "90 hari"),
        ("{day}; 10.377; A; F!", "Referensi bank"),
    ],
)
def test_a_line_that_cannot_be_read_is_named_and_none_is_booked(
    at: Desk, cashier: Client, text: str, words: str
) -> None:
    day = today("%d/%m/%Y")
    page = pastes(at, cashier, f"{day}; 5.000; BAIK; FT-0\n" + text.format(day=day))
    assert "Baris 2" in page
    assert words in page
    assert lines(at) == []


def test_a_proposal_is_confirmed_with_one_press(at: Desk, cashier: Client) -> None:
    order = ordered(at.shop, "transfer")
    code = open_code(at.shop, order)
    found = entered(at.shop, at.person(Role.CASHIER), code.amount)
    page = cashier.get(PAGE).content.decode()
    assert "Cocok persis" in page
    assert "Cocokkan 1 yang persis" in page
    cashier.post(f"{PAGE}{found.pk}/", {"payment": str(code.pk)})
    assert at.shop.order(order).status == Status.PAID


def test_everything_exact_is_confirmed_with_one_press(at: Desk, cashier: Client) -> None:
    orders = [ordered(at.shop, "transfer") for _ in range(3)]
    for number, order in enumerate(orders):
        entered(at.shop, at.person(Role.CASHIER), open_code(at.shop, order).amount, reference=f"FT-{number}")
    page = cashier.post(f"{PAGE}persis/", follow=True).content.decode()
    assert "3 pembayaran dicocokkan" in page
    assert {at.shop.order(order).status for order in orders} == {Status.PAID}


def test_a_line_is_assigned_by_a_code_however_it_is_typed(at: Desk, cashier: Client) -> None:
    order = ordered(at.shop, "cash")
    found = entered(at.shop, at.person(Role.CASHIER), 11_000)
    typed = f"{order.code[:4]}-{order.code[4:]}".lower()
    cashier.post(f"{PAGE}{found.pk}/", {"code": typed})
    assert at.shop.order(order).status == Status.PAID


@pytest.mark.parametrize("code", ["", "x", "0123456789A", "7F3K2P9QXW4"])
def test_a_code_of_nobody_books_nothing(at: Desk, cashier: Client, code: str) -> None:
    found = entered(at.shop, at.person(Role.CASHIER), 11_000)
    assert cashier.post(f"{PAGE}{found.pk}/", {"code": code}).status_code == 200
    assert line(at.shop).state == "open"


def test_money_of_nobody_is_sent_back_by_a_manager_with_a_proof(at: Desk) -> None:
    found = entered(at.shop, at.person(Role.MANAGER), 77_777)
    manager, address = at.as_(Role.MANAGER), f"{PAGE}{found.pk}/balik/"
    manager.post(address, {"reference": "", "sure": "on"})
    manager.post(address, {"reference": "BALIK-1"})
    assert line(at.shop).state == "open"
    manager.post(address, {"reference": "BALIK-1", "sure": "on"})
    assert (line(at.shop).state, line(at.shop).sent_back_by) == ("sent_back", "BALIK-1")
    page = manager.get(f"{PAGE}{found.pk}/").content.decode()
    assert "BALIK-1" in page
    assert "Cocokkan ke pesanan ini" not in page


def test_a_second_press_is_told_that_it_is_done(at: Desk, cashier: Client) -> None:
    order = ordered(at.shop, "transfer")
    code = open_code(at.shop, order)
    found = entered(at.shop, at.person(Role.CASHIER), code.amount)
    for _ in range(2):
        answer = cashier.post(f"{PAGE}{found.pk}/", {"payment": str(code.pk)})
    assert answer.status_code == 200
    assert at.shop.order(order).status == Status.PAID


def test_without_an_account_the_page_says_what_to_do() -> None:
    bare = desk()
    assert "Belum ada rekening bank" in bare.as_(Role.OWNER).get(PAGE).content.decode()
