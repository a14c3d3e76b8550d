"""The desk reads a bank's file: what is in it is shown line by line, and booked when somebody says so."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dealers import days
from dealers.models import Role
from portal.lib import tenancy
from tests import factories
from tests.transactions.deposit_rig import Till, till
from tests.transactions.desk_rig import signed_in
from tests.transactions.paying_rig import audited
from transactions import bank_files
from transactions.models import BankFile, BankLine

pytestmark = pytest.mark.django_db
PAGE = "/desk/uang-masuk/berkas/"


@pytest.fixture
def here() -> Iterator[Till]:
    with audited():
        yield till()


@pytest.fixture
def cashier(here: Till) -> Client:
    return signed_in(factories.member(here.dealer, Role.CASHIER))


def csv(here: Till, *lines: str) -> bytes:
    today = f"{days.today(here.dealer):%d/%m/%Y}"
    return "\n".join(["Tanggal;Kredit;Keterangan;Debet", *(f"{today};{line}" for line in lines)]).encode()


def upload(here: Till, cashier: Client, data: bytes, name: str = "mutasi.csv") -> Any:
    given = {"account": str(here.account.pk), "file": SimpleUploadedFile(name, data)}
    return cashier.post(PAGE, given, follow=True)


def file(here: Till) -> BankFile:
    with tenancy.inside(here.dealer.pk):
        return BankFile.objects.latest("pk")


def lines(here: Till) -> list[int]:
    with tenancy.inside(here.dealer.pk):
        return list(BankLine.objects.order_by("pk").values_list("amount", flat=True))


def test_every_line_is_shown_before_any_is_booked(here: Till, cashier: Client) -> None:
    shown = upload(here, cashier, csv(here, "50.377;BUDI;", "1.000,50;BUNGA;", ";BIAYA;2.500")).content.decode()
    for word in ("Rp50.377", "BUDI", "Jumlahnya punya sen", "BUNGA", "1 · Baru", "1 · Uang keluar, dilewati"):
        assert word in shown
    assert lines(here) == []


def test_what_is_new_is_booked_and_the_file_says_so(here: Till, cashier: Client) -> None:
    upload(here, cashier, csv(here, "50.377;BUDI;", "60.000;SITI;"))
    address = f"{PAGE}{file(here).pk}/"
    said = cashier.post(address, follow=True).content.decode()
    assert "2 uang masuk dicatat" in said
    assert lines(here) == [50_377, 60_000]
    assert "2 baru" in cashier.get(address).content.decode()
    assert "sudah dicatat" in cashier.post(address, follow=True).content.decode()
    assert lines(here) == [50_377, 60_000]


def test_a_deposit_in_the_file_is_credited(here: Till, cashier: Client) -> None:
    ticket = here.open()
    upload(here, cashier, csv(here, f"{ticket.amount};BUDI;"))
    said = cashier.post(f"{PAGE}{file(here).pk}/", follow=True).content.decode()
    assert "1 di antaranya deposit mitra" in said
    assert here.balance() == ticket.amount


def test_what_looks_known_is_booked_only_when_it_is_ticked(here: Till, cashier: Client) -> None:
    here.enter(50_377, "FT26112400001")
    shown = upload(here, cashier, csv(here, "50.377;BUDI;")).content.decode()
    assert "Mungkin sudah tercatat" in shown
    assert 'name="although" value="2"' in shown
    cashier.post(f"{PAGE}{file(here).pk}/", {"although": ["2", "99"]})
    assert lines(here) == [50_377]
    cashier.post(f"{PAGE}{file(here).pk}/", {"although": ["2"]})
    upload(here, cashier, csv(here, "50.377;BUDI;"))
    cashier.post(f"{PAGE}{file(here).pk}/", {"although": ["2"]})
    assert lines(here) == [50_377, 50_377]


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "kosong"),
        (b"   ", "Berkas ini kosong"),
        (b"PK\x03\x04", "simpan sebagai CSV"),
        (b"%PDF-1.4", "PDF"),
        (b"a\0b", "bukan teks CSV"),
        (b"halo", "Judul kolom tidak ditemukan"),
        (b"x" * (bank_files.MOST_BYTES + 1), "terlalu besar"),
    ],
)
def test_what_cannot_be_read_says_what_to_do(here: Till, cashier: Client, data: bytes, word: str) -> None:
    assert word in upload(here, cashier, data).content.decode()
    with tenancy.inside(here.dealer.pk):
        assert not BankFile.objects.exists()


def test_a_note_is_shown_as_text(here: Till, cashier: Client) -> None:
    shown = upload(here, cashier, csv(here, "50.377;<script>alert(1)</script>;"), name="<b>.csv").content.decode()
    assert "<script>alert" not in shown
    assert "<b>.csv" not in shown


def test_a_dealer_without_an_account_is_told_so() -> None:
    owner = signed_in(factories.member(factories.dealer()))
    assert "Belum ada rekening bank" in owner.get(PAGE).content.decode()
