"""Becoming a customer: the address is proven first, and nobody learns who has an account."""

import re

import pytest
from django.core import mail, signing
from django.test import Client
from pytest_django import Settings

from dealers import people
from dealers.models import User
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_mails_at_once")]

GIVEN = {"name": "Siti", "phone": "0812 3456 7890", "password": "hujan turun di bandung"}


def _follow(client: Client, email: str = "siti@contoh.test") -> None:
    answer = client.get(f"/akun/daftar/{people.invitation(email)}/")
    assert answer["Location"] == "/akun/daftar/lanjut/"


def test_an_address_a_link_and_a_password_make_an_account_that_is_signed_in(client: Client, settings: Settings) -> None:
    settings.KONTER_BASE_URL = "https://konter.example"
    client.post("/akun/daftar/", {"email": "Siti@Contoh.test"})
    link = re.search(r"https://konter\.example(/akun/daftar/\S+)", str(mail.outbox[0].body))
    assert link is not None
    assert client.get(link[1])["Location"] == "/akun/daftar/lanjut/"
    assert client.post("/akun/daftar/lanjut/", GIVEN)["Location"] == "/akun/"
    siti = User.objects.get(email="siti@contoh.test")
    assert (siti.name, siti.phone, siti.is_staff) == ("Siti", "+6281234567890", False)
    assert client.session["_auth_user_id"] == str(siti.pk)


def test_a_known_address_gets_the_same_answer_and_its_owner_a_mail(client: Client) -> None:
    factories.user("budi@contoh.test")
    known = client.post("/akun/daftar/", {"email": "budi@contoh.test"})
    unknown = client.post("/akun/daftar/", {"email": "siapa@contoh.test"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert [(letter.to, letter.subject) for letter in mail.outbox] == [
        (["budi@contoh.test"], "Anda sudah punya akun Konter"),
        (["siapa@contoh.test"], "Lanjutkan pendaftaran akun Konter"),
    ]
    assert "/akun/daftar/" not in mail.outbox[0].body


def test_no_account_is_made_before_the_link_is_followed(client: Client) -> None:
    client.post("/akun/daftar/", {"email": "siti@contoh.test", **GIVEN})
    assert client.post("/akun/daftar/lanjut/", GIVEN)["Location"] == "/akun/daftar/"
    assert not User.objects.exists()


def test_a_link_that_was_changed_proves_nothing(client: Client) -> None:
    token = signing.dumps("siti@contoh.test", salt="another form")
    assert client.get(f"/akun/daftar/{token}/").status_code == 410


def test_a_link_ends_after_a_day(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "INVITATION_SECONDS", -1)
    assert client.get(f"/akun/daftar/{people.invitation('siti@contoh.test')}/").status_code == 410


def test_a_link_followed_twice_changes_nothing_of_the_account(client: Client) -> None:
    _follow(client)
    client.post("/akun/daftar/lanjut/", GIVEN)
    other = Client()
    _follow(other)
    answer = other.post("/akun/daftar/lanjut/", {**GIVEN, "password": "kata sandi yang lain"})
    assert answer["Location"] == "/akun/masuk/"
    assert User.objects.get().check_password(GIVEN["password"])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("password", "pendek"),
        ("password", "siti@contoh.test"),
        ("password", "password123456"),
        ("name", ""),
        ("name", "Siti\nBcc: x@y.z"),
        ("phone", "0812345"),
        ("phone", "021 555 0101"),
    ],
)
def test_a_bad_field_is_said_at_the_field(client: Client, field: str, value: str) -> None:
    _follow(client)
    answer = client.post("/akun/daftar/lanjut/", {**GIVEN, field: value})
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [field]
    assert not User.objects.exists()


def test_a_long_password_of_any_characters_is_taken_and_a_phone_is_optional(client: Client) -> None:
    _follow(client)
    sentence = "  " + "ñ日🙂 " * 20
    client.post("/akun/daftar/lanjut/", {"name": "Siti", "phone": "", "password": sentence})
    assert User.objects.get().check_password(sentence)


def test_one_mailbox_cannot_be_filled_through_us(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "_MAILS_AT_ONCE", 3)
    codes = [
        client.post("/akun/daftar/", {"email": "penuh@contoh.test"}, REMOTE_ADDR=f"203.0.113.{n}").status_code
        for n in range(4)
    ]
    assert codes == [302, 302, 302, 429]
    assert len(mail.outbox) == 3
