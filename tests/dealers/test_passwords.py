"""Passwords: forgotten ones by mail, changed ones by the old; either way other sessions end."""

import re

import pytest
from django.core import mail
from django.test import Client
from pytest_django import Settings

from dealers.models import User
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_mails_at_once")]

OLD, NEW = "konter-test-123", "hujan turun di bandung"


@pytest.fixture
def budi() -> User:
    return factories.user("budi@contoh.test")


def _link(client: Client) -> str:
    client.post("/akun/lupa/", {"email": "Budi@contoh.test"})
    found = re.search(r"https://konter\.example(/akun/lupa/\S+)", str(mail.outbox[-1].body))
    assert found is not None
    return found[1]


@pytest.fixture(autouse=True)
def _base_url(settings: Settings) -> None:
    settings.KONTER_BASE_URL = "https://konter.example"


def _choose(client: Client, link: str) -> int:
    form = client.get(link)
    if form.status_code == 302:
        return client.post(form["Location"], {"new_password1": NEW, "new_password2": NEW}).status_code
    return form.status_code


def test_the_mailed_link_sets_a_new_password(client: Client, budi: User) -> None:
    assert _choose(client, _link(client)) == 302
    budi.refresh_from_db()
    assert budi.check_password(NEW)


def test_the_mailed_link_works_once(client: Client, budi: User) -> None:
    link = _link(client)
    _choose(client, link)
    page = Client().get(link)
    assert "Tautan tidak berlaku" in page.content.decode()


def test_the_mail_is_addressed_to_the_owner_and_built_on_our_own_host(client: Client, budi: User) -> None:
    client.post("/akun/lupa/", {"email": "budi@contoh.test"}, headers={"host": "localhost"})
    letter = mail.outbox[0]
    assert letter.to == ["budi@contoh.test"]
    assert letter.subject == "Buat kata sandi baru untuk akun Konter"
    assert "https://konter.example/akun/lupa/" in letter.body
    assert "localhost/" not in letter.body


def test_an_unknown_address_gets_the_same_answer_and_nobody_a_mail(client: Client, budi: User) -> None:
    factories.user("mati@contoh.test", is_active=False)
    answers = [client.post("/akun/lupa/", {"email": f"{who}@contoh.test"}) for who in ("budi", "siapa", "mati")]
    assert len({(answer.status_code, answer["Location"], answer.content) for answer in answers}) == 1
    assert [letter.to for letter in mail.outbox] == [["budi@contoh.test"]]


def test_a_new_password_by_mail_ends_every_session(client: Client, budi: User) -> None:
    thief = Client()
    thief.force_login(budi)
    _choose(client, _link(client))
    assert thief.get("/akun/").status_code == 302


def test_a_changed_password_ends_the_other_sessions_and_keeps_this_one(client: Client, budi: User) -> None:
    thief = Client()
    thief.force_login(budi)
    client.force_login(budi)
    given = {"old_password": OLD, "new_password1": NEW, "new_password2": NEW}
    assert client.post("/akun/kata-sandi/", given)["Location"] == "/akun/"
    assert client.get("/akun/").status_code == 200
    assert thief.get("/akun/").status_code == 302


def test_a_password_is_not_changed_without_the_old_one(client: Client, budi: User) -> None:
    client.force_login(budi)
    given = {"old_password": "tebakan saya saja", "new_password1": NEW, "new_password2": NEW}
    assert client.post("/akun/kata-sandi/", given).status_code == 200
    budi.refresh_from_db()
    assert budi.check_password(OLD)


def test_forgotten_passwords_are_limited_per_address(client: Client, settings: Settings) -> None:
    settings.ACCOUNT_TRIES_PER_MINUTE = 2
    codes = [
        client.post("/akun/lupa/", {"email": f"a{n}@contoh.test"}, REMOTE_ADDR="203.0.113.98").status_code
        for n in range(3)
    ]
    assert codes == [302, 302, 429]
