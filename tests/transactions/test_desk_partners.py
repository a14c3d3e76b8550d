"""Partners at the desk: invited or answered, bounded by what was agreed, with keys that are shown once."""

import re
from typing import Any

import pytest
from django.test import Client

from dealers import authentication
from dealers.authentication import No, Refused
from dealers.models import Partner, PartnerState, Role
from portal.lib import tenancy
from tests import factories
from tests.factories import Shop
from tests.transactions.desk_rig import Desk
from transactions import accounts, ledger
from transactions.models import Account, Task, TaskKind

pytestmark = pytest.mark.django_db
PASSWORD = "konter-test-123"


@pytest.fixture
def shop() -> Shop:
    return factories.shop(money=0)


@pytest.fixture
def desk(shop: Shop) -> Client:
    return Desk(shop).as_(Role.OWNER)


def invited(desk: Client, **fields: str) -> Any:
    given = {"name": "Toko Jauh", "username": "toko-jauh", "contact": "Sari", "email": "sari@contoh.test", **fields}
    return desk.post("/desk/mitra/", given)


def partner(shop: Shop, username: str = "toko-jauh") -> Partner:
    with tenancy.inside(shop.dealer.pk):
        return Partner.objects.get(username=username)


def key_from(answer: Any) -> str:
    found = re.search(r'<code class="secret">([^<]+)</code>', answer.content.decode())
    assert found is not None
    return found[1]


def test_whoever_is_invited_gets_a_key_that_is_shown_once(shop: Shop, desk: Client) -> None:
    assert invited(desk)["Location"] == "/desk/mitra/toko-jauh/"
    answer: Any = desk.post("/desk/mitra/toko-jauh/kunci/", {"scopes": ["buy", "read"], "password": PASSWORD})
    plain = key_from(answer)
    assert "no-store" in answer["Cache-Control"]
    caller = authentication.by_key(plain, address="203.0.113.7")
    assert (caller.partner.username, caller.key.scopes, caller.is_sandbox) == ("toko-jauh", ["buy", "read"], False)
    again = desk.get("/desk/mitra/toko-jauh/").content.decode()
    assert plain not in again
    assert f"••••{plain[-4:]}" in again


def test_a_sandbox_key_says_that_it_is_one(shop: Shop, desk: Client) -> None:
    invited(desk)
    sent = {"scopes": ["buy"], "is_sandbox": "1", "password": PASSWORD}
    plain = key_from(desk.post("/desk/mitra/toko-jauh/kunci/", sent))
    assert plain.startswith("kt_test_")
    assert authentication.by_key(plain, address="").is_sandbox


def test_no_key_without_the_password_of_who_asks(desk: Client) -> None:
    invited(desk)
    answer: Any = desk.post("/desk/mitra/toko-jauh/kunci/", {"scopes": ["buy"], "password": "falsch"})
    assert "Kata sandi tidak cocok" in answer.content.decode()
    assert "kt_live_" not in answer.content.decode()


def test_a_key_that_is_replaced_works_on_as_long_as_was_said_and_one_that_is_revoked_does_not(
    shop: Shop, desk: Client
) -> None:
    invited(desk)
    old = key_from(desk.post("/desk/mitra/toko-jauh/kunci/", {"scopes": ["read"], "password": PASSWORD}))
    name = authentication.by_key(old, address="").key.name
    new = key_from(desk.post(f"/desk/mitra/toko-jauh/kunci/{name}/", {"days": "3", "password": PASSWORD}))
    assert {authentication.by_key(each, address="").key.scopes[0] for each in (old, new)} == {"read"}
    desk.post(f"/desk/mitra/toko-jauh/kunci/{name}/mati/")
    with pytest.raises(Refused):
        authentication.by_key(old, address="")
    assert authentication.by_key(new, address="").partner.username == "toko-jauh"


def test_what_was_agreed_is_kept_and_holds(shop: Shop, desk: Client) -> None:
    invited(desk)
    terms = {
        "credit": "50.000",
        "daily_cap": "1.000.000",
        "addresses": "203.0.113.9/24\n2001:db8::1",
        "always_200": "on",
    }
    assert desk.post("/desk/mitra/toko-jauh/", terms).status_code == 302
    kept = partner(shop)
    assert (kept.daily_cap, kept.addresses, kept.always_200) == (1_000_000, ["203.0.113.0/24", "2001:db8::1"], True)
    with tenancy.inside(shop.dealer.pk):
        account = ledger.account_id(shop.dealer.pk, accounts.wallet(kept.wallet_key))
        assert Account.objects.get(pk=account).credit_limit == 50_000


@pytest.mark.parametrize(
    ("fields", "words"),
    [({"addresses": "toko.test"}, "Bukan alamat IP"), ({"credit": "viel"}, "Tulis jumlah rupiah")],
)
def test_terms_that_cannot_be_are_said(shop: Shop, desk: Client, fields: dict[str, str], words: str) -> None:
    invited(desk)
    answer: Any = desk.post("/desk/mitra/toko-jauh/", fields)
    assert words in answer.content.decode()
    assert partner(shop).addresses == []


def test_a_name_that_is_taken_elsewhere_is_said(desk: Client) -> None:
    factories.machine(factories.dealer("sana"), username="toko-jauh", money=0)
    answer: Any = invited(desk)
    assert "sudah dipakai" in answer.content.decode()


def test_somebody_applies_and_the_desk_answers(shop: Shop, desk: Client) -> None:
    sent = {
        "name": "Toko Baru",
        "username": "Toko-Baru",
        "contact": "Ali",
        "email": "ali@contoh.test",
        "note": "banyak",
    }
    answer: Any = Client().post(f"/k/{shop.dealer.slug}/mitra/", sent)
    assert (answer.status_code, "Pendaftaran terkirim" in answer.content.decode()) == (201, True)
    asks = partner(shop, "toko-baru")
    assert asks.state == PartnerState.APPLIED
    with tenancy.inside(shop.dealer.pk):
        assert Task.objects.get(kind=TaskKind.PARTNER, closed_at=None).subject == "toko-baru"
    assert "/desk/mitra/toko-baru/" in desk.get("/desk/tugas/").content.decode()
    desk.post("/desk/mitra/toko-baru/jawab/", {"welcome": "1"})
    desk.post("/desk/mitra/toko-baru/jawab/", {})
    assert partner(shop, "toko-baru").state == PartnerState.ACTIVE
    with tenancy.inside(shop.dealer.pk):
        assert not Task.objects.filter(kind=TaskKind.PARTNER, closed_at=None).exists()


def test_an_application_with_gaps_is_shown_again(shop: Shop) -> None:
    answer: Any = Client().post(f"/k/{shop.dealer.slug}/mitra/", {"name": "X", "username": "a b"})
    assert answer.status_code == 422


def test_a_partner_that_is_closed_buys_nothing_until_it_is_opened_again(shop: Shop, desk: Client) -> None:
    machine = factories.machine(shop.dealer)
    desk.post("/desk/mitra/mitra/buka-tutup/")
    with pytest.raises(Refused) as caught:
        authentication.by_key(machine.key, address="")
    assert caught.value.why == No.CLOSED
    desk.post("/desk/mitra/mitra/buka-tutup/", {"open": "1"})
    assert machine.orders().status_code == 201
