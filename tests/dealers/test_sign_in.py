"""Signing in and out: one answer to every mistake, a lock that ends by itself, no way to another site."""

import pytest
from django.contrib.auth.hashers import identify_hasher
from django.test import Client
from pytest_django import Settings

from dealers.models import User
from tests import factories

pytestmark = pytest.mark.django_db

PASSWORD = "konter-test-123"


@pytest.fixture
def budi() -> User:
    return factories.user("budi@contoh.test")


def _sign_in(client: Client, email: str = "budi@contoh.test", password: str = PASSWORD, **more: str):  # type: ignore[no-untyped-def]
    return client.post("/akun/masuk/", {"username": email, "password": password, **more}, REMOTE_ADDR="203.0.113.7")


def test_the_right_password_signs_in_however_the_address_is_spelled(client: Client, budi: User) -> None:
    answer = _sign_in(client, " Budi@Contoh.TEST ")
    assert (answer.status_code, answer["Location"]) == (302, "/akun/")
    assert client.session["_auth_user_id"] == str(budi.pk)


def test_a_password_is_kept_as_argon2(budi: User) -> None:
    assert identify_hasher(budi.password).algorithm == "argon2"


def test_a_session_from_before_the_sign_in_is_not_the_one_after(client: Client, budi: User) -> None:
    session = client.session
    session["seen"] = 1
    session.save()
    _sign_in(client)
    assert client.session.session_key != session.session_key


def test_unknown_wrong_and_switched_off_get_one_and_the_same_answer(client: Client, budi: User) -> None:
    factories.user("mati@contoh.test", is_active=False)
    answers = [
        _sign_in(client, "budi@contoh.test", "salah-salah-salah"),
        _sign_in(client, "siapa@contoh.test", PASSWORD),
        _sign_in(client, "mati@contoh.test", PASSWORD),
    ]
    said = [[str(error) for error in answer.context["form"].non_field_errors()] for answer in answers]
    assert said == [["E-mail atau kata sandi tidak cocok. Periksa keduanya, lalu coba lagi."]] * 3


def test_next_is_followed_within_the_portal(client: Client, budi: User) -> None:
    assert _sign_in(client, next="/desk/pesanan/")["Location"] == "/desk/pesanan/"


@pytest.mark.parametrize("elsewhere", ["https://jahat.test/", "//jahat.test/", "javascript:alert(1)", "/\\jahat.test"])
def test_next_is_not_followed_elsewhere(client: Client, budi: User, elsewhere: str) -> None:
    assert _sign_in(client, next=elsewhere)["Location"] == "/akun/"


def test_too_many_wrong_passwords_close_the_account_for_this_address_and_say_how_long(
    client: Client, budi: User, settings: Settings
) -> None:
    for spelling in ["budi@contoh.test", "BUDI@contoh.test"] * (settings.AXES_FAILURE_LIMIT // 2):
        answer = _sign_in(client, spelling, "salah-salah-salah")
    locked = _sign_in(client)
    assert answer.status_code == locked.status_code == 429
    assert locked["Retry-After"] == "900"
    assert "15 menit" in locked.content.decode()
    assert "_auth_user_id" not in client.session


def test_the_lock_is_no_weapon_against_the_owner_at_another_address(
    client: Client, budi: User, settings: Settings
) -> None:
    for _ in range(settings.AXES_FAILURE_LIMIT):
        _sign_in(client, password="salah-salah-salah")
    given = {"username": "budi@contoh.test", "password": PASSWORD}
    assert client.post("/akun/masuk/", given, REMOTE_ADDR="203.0.113.8").status_code == 302


def test_one_address_may_not_try_without_end(client: Client, settings: Settings) -> None:
    settings.ACCOUNT_TRIES_PER_MINUTE = 3
    codes = [
        client.post("/akun/masuk/", {"username": f"a{n}@contoh.test"}, REMOTE_ADDR="203.0.113.99").status_code
        for n in range(4)
    ]
    assert codes == [200, 200, 200, 429]


def test_signing_out_takes_a_post_and_ends_the_session(client: Client, budi: User) -> None:
    client.force_login(budi)
    key = client.session.session_key
    assert client.get("/akun/keluar/").status_code == 405
    assert client.post("/akun/keluar/").status_code == 302
    assert client.get("/akun/").status_code == 302
    assert client.session.session_key != key


def test_a_form_without_its_token_is_refused(budi: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/akun/masuk/", {"username": budi.email, "password": PASSWORD}).status_code == 403
