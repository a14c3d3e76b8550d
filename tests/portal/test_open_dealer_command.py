"""`manage.py open_dealer` says what it did, or why not; the admin offers no other way."""

from collections.abc import Callable
from io import StringIO
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from dealers import mails
from dealers.models import Dealer, User

pytestmark = pytest.mark.django_db

SHOP = ["toko-baru", "--name", "Toko Baru", "--owner", "siti@toko-baru.test", "--town", "Kota Ambon", "--zone", "WIT"]
OPERATOR = ["pusat", "--name", "Pusat", "--owner", "bos@pusat.test", "--operator"]


@pytest.fixture
def run(settings: Settings) -> Callable[..., str]:
    settings.KONTER_BASE_URL = "https://konter.example"

    def run(*arguments: str) -> str:
        out = StringIO()
        call_command("open_dealer", *arguments, stdout=out)
        return out.getvalue()

    return run


def test_the_operator_and_then_a_dealer_are_opened(run: Callable[..., str]) -> None:
    assert "It operates this portal" in run(*OPERATOR)
    said = run(*SHOP)
    assert "Toko Baru is open: https://konter.example/k/toko-baru/" in said
    assert "It may sell from the operator's stock" in said
    assert "siti@toko-baru.test, with a new account" in said
    assert [letter.to for letter in mail.outbox] == [["bos@pusat.test"], ["siti@toko-baru.test"]]
    dealer = Dealer.objects.get(slug="toko-baru")
    assert (dealer.regency, dealer.time_zone, dealer.is_zero) == ("Kota Ambon", "Asia/Jayapura", False)


def test_without_stock_none_is_promised(run: Callable[..., str]) -> None:
    assert "It does not sell from the operator's stock." in run(*SHOP, "--no-stock")


def test_a_repeat_says_what_stands_and_sends_no_second_mail(run: Callable[..., str]) -> None:
    run(*OPERATOR)
    run(*SHOP)
    said = run(*SHOP)
    assert "Toko Baru stands already: https://konter.example/k/toko-baru/ Nothing was changed." in said
    assert "new account" not in said
    assert len(mail.outbox) == 2


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (SHOP, "no operator yet"),
        ([*OPERATOR, "--stock"], "cannot buy it"),
        (["Toko", *SHOP[1:]], "cannot be a dealer's address"),
        (["desk", *SHOP[1:]], "the portal's own words"),
        (["toko-baru", "--name", "x", "--owner", "siti", "--no-stock"], "not an e-mail address"),
    ],
)
def test_a_refusal_is_a_sentence_and_exit_code_1(run: Callable[..., str], arguments: list[str], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence) as refusal:
        run(*arguments)
    assert str(refusal.value).endswith("Nothing was changed.")
    assert refusal.value.returncode == 1
    assert not Dealer.objects.exists()


@pytest.mark.parametrize("trouble", [SMTPServerDisconnected, ImproperlyConfigured])
def test_a_mail_that_cannot_be_sent_leaves_the_dealer_open_and_says_what_to_do(
    run: Callable[..., str], monkeypatch: pytest.MonkeyPatch, trouble: type[Exception]
) -> None:
    def away(*_: object, **__: object) -> None:
        raise trouble("no mail server")

    monkeypatch.setattr(mails, "send_mail", away)
    with pytest.raises(CommandError, match="could not be sent") as failure:
        run(*OPERATOR)
    assert "asks for the link at https://konter.example/akun/lupa/" in str(failure.value)
    assert "no mail server" in str(failure.value)
    assert Dealer.objects.get().is_zero


def test_the_admin_adds_no_dealer(client: Client) -> None:
    client.force_login(User.objects.create_superuser("admin@konter.test", "konter-test-123", name="Admin"))
    assert client.get("/admin/dealers/dealer/").status_code == 200
    assert client.get("/admin/dealers/dealer/add/").status_code == 403
