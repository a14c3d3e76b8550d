"""The owner of a new dealer comes in by the mailed link, chooses a password, signs in and sees the desk."""

import re

import pytest
from django.core import mail
from django.test import Client
from pytest_django import Settings

from dealers import mails, people
from portal import opening
from tests.portal.openings import opened

pytestmark = pytest.mark.django_db

CHOSEN = "hujan turun di bandung"


@pytest.fixture(autouse=True)
def _base_url(settings: Settings) -> None:
    settings.KONTER_BASE_URL = "https://konter.example"


def _choose(client: Client, letter: str) -> None:
    found = re.search(r"https://konter\.example(/akun/lupa/\S+/\S+/)", letter)
    assert found is not None
    form = client.get(found[1])
    answer = client.post(form["Location"], {"new_password1": CHOSEN, "new_password2": CHOSEN})
    assert answer["Location"] == "/akun/masuk/"


def _sign_in(client: Client) -> None:
    given = {"username": "siti@toko-baru.test", "password": CHOSEN}
    assert client.post("/akun/masuk/", given, REMOTE_ADDR="203.0.113.7")["Location"] == "/akun/"


def test_a_new_dealer_can_be_visited_at_once(client: Client) -> None:
    opened()
    shop = client.get("/k/toko-baru/")
    assert shop.status_code == 200
    assert "Toko Baru" in shop.content.decode()
    assert "Toko Baru" in client.get("/").content.decode()


def test_the_owner_comes_in_by_the_mailed_link_and_sees_the_desk(client: Client) -> None:
    opening.invite(opened())
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == (["siti@toko-baru.test"], "Toko Baru sudah dibuka di Konter")
    _choose(client, str(letter.body))
    _sign_in(client)
    desk = client.get("/desk/")
    assert desk.status_code == 200
    assert "Toko Baru" in desk.content.decode()


def test_every_page_of_the_empty_desk_opens(client: Client) -> None:
    client.force_login(opened().owner)
    pages = ("jual", "pesanan", "tugas", "insiden", "uang", "saldo", "produk", "aturan", "pemasok")
    assert {page: client.get(f"/desk/{page}/").status_code for page in pages} == dict.fromkeys(pages, 200)


def test_an_owner_whose_link_ran_out_asks_for_another_one(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    opened()
    monkeypatch.setattr(mails, "later", lambda work, *args: work(*args))
    people.forgot_password("siti@toko-baru.test")
    _choose(client, str(mail.outbox[0].body))
    _sign_in(client)
