"""The PIN before larger sums: asked for above the limit, locked after five wrong tries, nowhere in clear."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from dealers import pins
from dealers.models import Pin, User
from tests import factories
from tests.transactions.desk_rig import signed_in

pytestmark = pytest.mark.django_db

RIGHT, WRONG = "402817", "111222"
PASSWORD = "konter-test-123"


@pytest.fixture
def person() -> User:
    made = factories.user()
    pins.keep(made, RIGHT, ask_above=50_000)
    return made


@pytest.fixture
def browser(person: User) -> Client:
    return signed_in(person)


def demand(person: User, given: str, amount: int = 50_001) -> None:
    pins.demand(person, amount=amount, given=given)


def test_below_and_at_the_limit_nothing_is_asked(person: User) -> None:
    demand(person, "", 50_000)


def test_without_a_pin_nothing_is_asked() -> None:
    demand(factories.user(), "", 10**9)


def test_above_the_limit_it_is_asked_and_the_right_one_opens(person: User) -> None:
    with pytest.raises(pins.PinNeeded):
        demand(person, "")
    demand(person, RIGHT)


def test_a_wrong_one_says_how_many_tries_are_left(person: User) -> None:
    with pytest.raises(pins.WrongPin) as refused:
        demand(person, WRONG)
    assert refused.value.left == 4


def test_the_right_one_forgets_the_wrong_ones(person: User) -> None:
    for _ in range(2):
        for _ in range(4):
            with pytest.raises(pins.WrongPin):
                demand(person, WRONG)
        demand(person, RIGHT)


def test_five_wrong_ones_lock_it_even_for_the_right_one(person: User) -> None:
    for _ in range(4):
        with pytest.raises(pins.WrongPin):
            demand(person, WRONG)
    for given in (WRONG, RIGHT):
        with pytest.raises(pins.PinLocked) as locked:
            demand(person, given)
    assert timedelta(minutes=14) < locked.value.until - timezone.now() <= timedelta(minutes=15)


def test_after_a_quarter_of_an_hour_there_are_five_tries_again(person: User) -> None:
    Pin.objects.update(locked_until=timezone.now() - timedelta(seconds=1))
    with pytest.raises(pins.WrongPin) as refused:
        demand(person, WRONG)
    assert refused.value.left == 4
    demand(person, RIGHT)


def test_a_new_pin_does_not_open_a_lock(person: User) -> None:
    until = timezone.now() + timedelta(minutes=10)
    Pin.objects.update(locked_until=until)
    pins.keep(person, "918273", ask_above=0)
    with pytest.raises(pins.PinLocked):
        demand(person, "918273")


def test_only_a_hash_is_kept(person: User) -> None:
    kept = Pin.objects.get(user=person)
    assert kept.digest.startswith("argon2")
    assert RIGHT not in repr(kept.__dict__)


def fields(**other: str) -> dict[str, str]:
    return {"pin": "918273", "again": "918273", "ask_above": "25.000", "password": PASSWORD, **other}


def test_a_person_changes_pin_and_limit_with_the_password(browser: Client, person: User) -> None:
    assert browser.post("/akun/pin/", fields()).status_code == 302
    demand(person, "918273", 25_001)
    demand(person, "", 25_000)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"password": "bukan-ini"}, "Kata sandi tidak cocok"),
        ({"password": ""}, "Kata sandi akun ini"),
        ({"again": "918274"}, "tidak sama"),
        ({"pin": "12345", "again": "12345"}, "tepat 6 angka"),
        ({"pin": "12345a", "again": "12345a"}, "tepat 6 angka"),
        ({"pin": "123456", "again": "123456"}, "terlalu mudah"),
        ({"pin": "777777", "again": "777777"}, "terlalu mudah"),
        ({"ask_above": "banyak"}, "Tulis jumlah rupiah"),
        ({"ask_above": "-1"}, "Tulis jumlah rupiah"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_changes(
    browser: Client, person: User, wrong: dict[str, str], words: str
) -> None:
    answer = browser.post("/akun/pin/", fields(**wrong))
    assert answer.status_code == 200
    assert words in answer.content.decode()
    demand(person, RIGHT)


def test_no_pin_comes_back_in_a_page(browser: Client) -> None:
    assert "918273" not in browser.post("/akun/pin/", fields(password="salah")).content.decode()


def test_a_person_removes_the_pin_with_the_password(browser: Client, person: User) -> None:
    browser.post("/akun/pin/", {"remove": "1", "gone-password": "salah"})
    assert pins.of(person) is not None
    browser.post("/akun/pin/", {"remove": "1", "gone-password": PASSWORD})
    assert pins.of(person) is None


def test_guessing_the_password_here_is_slowed_down(browser: Client, settings: object) -> None:
    settings.ACCOUNT_TRIES_PER_MINUTE = 3  # type: ignore[attr-defined]
    answers = [browser.post("/akun/pin/", fields(password="salah")).status_code for _ in range(5)]
    assert answers[:3] == [200] * 3
    assert answers[-1] == 429
