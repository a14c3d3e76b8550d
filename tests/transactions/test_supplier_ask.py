"""Trying a connection: the balance is told, or what is wrong and what to do, in words."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.urls import reverse
from pytest_django import Settings

from portal.lib import tenancy
from tests.transactions.desk_rig import Desk, desk
from transactions.models import Supplier
from transactions.suppliers import connections
from transactions.suppliers.digiflazz import Digiflazz
from transactions.suppliers.simulator import Simulator


@pytest.fixture
def here(db: None, simulator: Simulator) -> Desk:
    made = desk()
    known = simulator.account("konter-a")
    with tenancy.inside(made.shop.dealer.pk):
        Supplier.objects.update(base_url=simulator.url)
        connections.seal_secrets(made.shop.supplier, api_key=known.api_key)
    return made


def ask(here: Desk) -> str:
    return here.as_().post(reverse("desk:supplier_ask", args=["konter-a"]), follow=True).content.decode()


def reported(here: Desk) -> int | None:
    with tenancy.inside(here.shop.dealer.pk):
        return Supplier.objects.get().reported_balance


def change(here: Desk, **fields: str) -> None:
    with tenancy.inside(here.shop.dealer.pk):
        Supplier.objects.update(**fields)


def test_the_balance_is_told_and_kept(here: Desk, simulator: Simulator) -> None:
    simulator.account("konter-a").balance = 1_234_000
    assert "Terhubung. Saldo Rp1.234.000." in ask(here)
    assert reported(here) == 1_234_000


def test_a_wrong_key_is_said(here: Desk) -> None:
    with tenancy.inside(here.shop.dealer.pk):
        connections.seal_secrets(here.shop.supplier, api_key="salah")
    assert "Kunci API salah" in ask(here)
    assert reported(here) is None


def test_an_unknown_user_name_is_said(here: Desk) -> None:
    change(here, username="siapa")
    assert "Nama pengguna tidak dikenal" in ask(here)


def test_an_address_where_nobody_answers_is_said(here: Desk) -> None:
    change(here, base_url="http://127.0.0.1:9/v1")
    assert "tidak bisa dihubungi" in ask(here)


def test_an_address_that_speaks_otherwise_is_said(here: Desk, simulator: Simulator) -> None:
    change(here, base_url=simulator.url.removesuffix("/v1") + "/v2")
    assert "Jawabannya tidak dikenali" in ask(here)


def test_an_address_that_we_do_not_go_to_is_said(here: Desk, settings: Settings) -> None:
    settings.OUTBOUND_ALLOW_NETWORKS = []
    change(here, base_url="http://127.0.0.2:9/v1")
    assert "tidak boleh dihubungi" in ask(here)


def test_a_key_that_cannot_be_opened_is_asked_for_again(here: Desk) -> None:
    change(here, api_key="v1.lain.AAAA.AAAA")
    assert "tidak bisa dibuka lagi" in ask(here)


@pytest.mark.parametrize(
    ("rc", "words"), [("45", "Alamat IP portal ini"), ("82", "belum boleh dipakai"), ("85", "Terlalu sering")]
)
def test_each_refusal_says_what_to_do(here: Desk, monkeypatch: pytest.MonkeyPatch, rc: str, words: str) -> None:
    monkeypatch.setattr(Digiflazz, "_question", lambda *_arguments, **_more: {"rc": rc, "message": "x"})
    assert words in ask(here)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["supplier_ask", "price_list_fetch"])
def test_no_transaction_is_open_while_the_supplier_is_asked(
    here: Desk, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    was_open: list[bool] = []
    real: Callable[..., bytes] = Digiflazz._ask

    def watched(*arguments: object, **more: object) -> bytes:
        was_open.append(connection.in_atomic_block)
        return real(*arguments, **more)

    monkeypatch.setattr(Digiflazz, "_ask", watched)
    here.as_().post(reverse(f"desk:{name}", args=["konter-a"]))
    assert was_open == [False]
