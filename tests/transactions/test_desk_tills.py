"""The desk where money is taken: a sticker that is read and shown first, accounts, QRIS seen by staff."""

from collections.abc import Iterator
from io import BytesIO

import pytest
import qriskit
import segno
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dealers.models import Role
from portal.lib import tenancy
from tests import factories
from tests.transactions.desk_rig import Desk, desk
from tests.transactions.paying_rig import PRICE, audited, ordered
from transactions.models import BankAccount, Edit, Qris, Status

pytestmark = pytest.mark.django_db

PASSWORD = "konter-test-123"


@pytest.fixture
def at() -> Iterator[Desk]:
    with audited():
        yield desk()


@pytest.fixture
def owner(at: Desk) -> Client:
    return at.as_(Role.OWNER)


def used(at: Desk) -> str:
    with tenancy.inside(at.shop.dealer.pk):
        now = Qris.objects.filter(is_open=True).first()
        return now.merchant_name if now else ""


def keep(owner: Client, payload: str, **other: str) -> str:
    given = {"keep": "1", "payload": payload, "sure": "on", "password": PASSWORD, **other}
    return owner.post("/desk/qris/", given, follow=True).content.decode()


def test_a_pasted_code_is_shown_before_it_is_used(at: Desk, owner: Client) -> None:
    page = owner.post("/desk/qris/", {"payload": factories.sticker("TOKO SAYA")}).content.decode()
    assert "Benar QRIS ini?" in page
    assert "TOKO SAYA" in page
    assert used(at) == ""


def test_a_photo_is_read_and_not_kept(at: Desk, owner: Client) -> None:
    data = BytesIO()
    segno.make(factories.sticker("DARI FOTO"), micro=False).save(data, kind="png", scale=8, border=4)
    photo = SimpleUploadedFile("stiker.png", data.getvalue(), content_type="text/html")
    assert "DARI FOTO" in owner.post("/desk/qris/", {"photo": photo}).content.decode()


def test_a_file_that_is_no_photo_says_so(owner: Client) -> None:
    photo = SimpleUploadedFile("stiker.png", b"<svg onload=alert(1)>", content_type="image/png")
    assert "bukan foto JPEG" in owner.post("/desk/qris/", {"photo": photo}).content.decode()


def test_nothing_at_all_is_asked_for(owner: Client) -> None:
    assert "Kirim foto stiker, atau tempel" in owner.post("/desk/qris/", {"payload": ""}).content.decode()


def test_a_surcharge_is_refused_with_the_rule(at: Desk, owner: Client) -> None:
    greedy = factories.sticker(tip=qriskit.Tip.fixed(1_000))
    assert "Bank Indonesia" in owner.post("/desk/qris/", {"payload": greedy}).content.decode()
    keep(owner, greedy)
    assert used(at) == ""


def test_a_shown_code_is_used_with_the_password_and_replaces_the_one_before(at: Desk, owner: Client) -> None:
    keep(owner, factories.sticker("LAMA"))
    assert "Menggantikan LAMA" in owner.post("/desk/qris/", {"payload": factories.sticker("BARU")}).content.decode()
    keep(owner, factories.sticker("BARU"))
    assert used(at) == "BARU"
    with tenancy.inside(at.shop.dealer.pk):
        assert Edit.objects.filter(place="qris", actor=at.person(Role.OWNER)).count() == 3


def test_without_the_password_nothing_is_used(at: Desk, owner: Client) -> None:
    page = keep(owner, factories.sticker("TOKO SAYA"), password="bukan-ini")
    assert "Kata sandi tidak cocok" in page
    assert "TOKO SAYA" in page
    assert used(at) == ""


def test_closing_it_offers_it_no_more(at: Desk, owner: Client) -> None:
    keep(owner, factories.sticker())
    owner.post("/desk/qris/tutup/")
    assert used(at) == ""


def test_an_account_is_added_closed_and_opened_again(at: Desk, owner: Client) -> None:
    given = {"bank": "BCA", "number": "123 456-7890", "holder": "Toko", "password": PASSWORD}
    owner.post("/desk/rekening/", given)
    with tenancy.inside(at.shop.dealer.pk):
        account = BankAccount.objects.get()
    assert (account.number, account.code, account.is_open) == ("1234567890", "main", True)
    for fields, is_open in (({}, False), ({"open": "1"}, True)):
        owner.post(f"/desk/rekening/{account.pk}/", fields)
        with tenancy.inside(at.shop.dealer.pk):
            assert BankAccount.objects.get().is_open == is_open


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"number": "12ab"}, "5 sampai 20 angka"),
        ({"holder": "Toko\x00"}, "Atas nama"),
        ({"password": "salah"}, "Kata sandi tidak cocok"),
        ({"bank": ""}, "Bank"),
    ],
)
def test_a_wrong_account_is_not_added(at: Desk, owner: Client, wrong: dict[str, str], words: str) -> None:
    given = {"bank": "BCA", "number": "1234567890", "holder": "Toko", "password": PASSWORD, **wrong}
    assert words in owner.post("/desk/rekening/", given).content.decode()
    with tenancy.inside(at.shop.dealer.pk):
        assert not BankAccount.objects.exists()


def test_the_same_account_twice_is_said(owner: Client) -> None:
    given = {"bank": "BCA", "number": "1234567890", "holder": "Toko", "password": PASSWORD}
    owner.post("/desk/rekening/", given)
    assert "Rekening ini sudah ada" in owner.post("/desk/rekening/", given).content.decode()


def test_a_cashier_confirms_qris_after_the_sum_was_shown(at: Desk) -> None:
    factories.qris(at.shop.dealer)
    order, cashier = ordered(at.shop, "qris"), at.as_(Role.CASHIER)
    address = f"/desk/pesanan/{order.code}/qris/"
    assert "Rp11.000" in cashier.get(address).content.decode()
    cashier.post(address, {"seen": str(PRICE)})
    assert at.shop.order(order).status == Status.AWAITING_PAYMENT
    cashier.post(address, {"seen": str(PRICE - 1), "sure": "on"})
    assert at.shop.order(order).status == Status.AWAITING_PAYMENT
    cashier.post(address, {"seen": str(PRICE), "sure": "on", "reference": "RRN-1"})
    assert at.shop.order(order).status == Status.PAID


def test_the_orders_page_leads_there(at: Desk) -> None:
    factories.qris(at.shop.dealer)
    order = ordered(at.shop, "qris")
    page = at.as_(Role.CASHIER).get(f"/desk/pesanan/{order.code}/").content.decode()
    assert f"/desk/pesanan/{order.code}/qris/" in page
