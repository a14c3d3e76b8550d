"""The desk reads what a partner's machines asked, finds one call, and sees from where they may not call."""

import shlex
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from dealers import partners
from dealers.models import PartnerCall
from dealers.partners import Terms
from portal.lib import tenancy
from tests import factories
from tests.factories import Machine, Shop
from tests.transactions.desk_rig import Desk

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop() -> Shop:
    return factories.shop(money=0)


@pytest.fixture
def machine(shop: Shop) -> Machine:
    return factories.machine(shop.dealer)


def shown(client: Client, name: str, *args: object, **query: str) -> str:
    answer: Any = client.get(reverse(f"desk:{name}", args=["mitra", *args]), query)
    assert answer.status_code == 200
    return (b"".join(answer) if answer.streaming else answer.content).decode()


def test_nothing_was_asked_yet(shop: Shop, machine: Machine) -> None:
    assert "Program mitra belum pernah memanggil." in shown(Desk(shop).as_(), "partner_calls")


def test_a_call_is_listed_found_and_shown_without_its_number(shop: Shop, machine: Machine) -> None:
    machine.orders()
    machine.get("balance/")
    client = Desk(shop).as_()
    whole = shown(client, "partner_calls")
    assert "POST /api/v1/orders/" in whole
    assert "GET /api/v1/balance/" in whole
    for query in ({"ref_id": "A-1"}, {"ref_id": "A-1", "status": "2"}):
        found = shown(client, "partner_calls", **query)
        assert "POST /api/v1/orders/" in found
        assert "GET /api/v1/balance/" not in found
    for query in ({"status": "4"}, {"dialect": "digiflazz"}, {"day": "2020-01-31"}):
        assert "Tidak ada panggilan yang cocok." in shown(client, "partner_calls", **query)
    with tenancy.inside(shop.dealer.pk):
        pk = PartnerCall.objects.get(ref_id="A-1").pk
    one = shown(client, "partner_call", pk)
    assert "0812****890" in one
    assert "0812345" not in one


def test_the_log_comes_by_pages(shop: Shop, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transactions.desk_selectors.partner_calls.PER_PAGE", 1)
    machine.orders()
    machine.get("balance/")
    client = Desk(shop).as_()
    first = client.get(reverse("desk:partner_calls", args=["mitra"]))
    assert [call.path for call in first.context["calls"]] == ["/api/v1/balance/"]
    rest = client.get(reverse("desk:partner_calls", args=["mitra"]), {"after": str(first.context["last"])})
    assert [call.path for call in rest.context["calls"]] == ["/api/v1/orders/"]
    assert rest.context["last"] is None


def test_another_partners_call_is_not_found_here(shop: Shop, machine: Machine) -> None:
    factories.machine(shop.dealer, username="mitra-lain").get("balance/")
    with tenancy.inside(shop.dealer.pk):
        pk = PartnerCall.objects.get().pk
    client = Desk(shop).as_()
    assert client.get(reverse("desk:partner_call", args=["mitra", pk])).status_code == 404
    assert "GET /api/v1/balance/" not in shown(client, "partner_calls")


def test_a_call_as_curl_can_be_pasted_and_holds_no_secret(shop: Shop, machine: Machine) -> None:
    machine.orders(destination="0812'34567890")
    Client().post(
        "/h2h/digiflazz/v1/cek-saldo",
        {"username": "mitra", "sign": "ab" * 16, "cmd": "deposit"},
        content_type="application/json",
    )
    client = Desk(shop).as_()
    with tenancy.inside(shop.dealer.pk):
        forged, native = PartnerCall.objects.all()
    one = client.get(reverse("desk:partner_call", args=["mitra", native.pk])).context["curl"]
    words = shlex.split(one)
    assert words[:4] == ["curl", "-sS", "-X", "POST"]
    assert words[4].endswith("/api/v1/orders/")
    assert words[6] == "Authorization: Bearer YOUR_KEY"
    assert words[-1] == native.request
    other = shlex.split(client.get(reverse("desk:partner_call", args=["mitra", forged.pk])).context["curl"])
    assert '"sign": "HIDDEN"' in other[-1]
    assert "abab" not in other[-1]


def test_the_download_holds_the_lines_that_the_filter_finds(shop: Shop, machine: Machine) -> None:
    machine.orders()
    machine.get("balance/")
    lines = shown(Desk(shop).as_(), "partner_calls_csv", ref_id="A-1").splitlines()
    assert len(lines) == 2
    assert ",POST,/api/v1/orders/,A-1,201," in lines[1]


def test_addresses_that_were_refused_are_counted_and_limits_shown_with_their_use(shop: Shop, machine: Machine) -> None:
    machine.get("products/")
    with tenancy.inside(shop.dealer.pk):
        partners.agree(machine.partner, Terms(tier="partner", daily_cap=None, addresses=("203.0.113.7",)))
    machine.get("balance/")
    machine.get("balance/")
    answer = Desk(shop).as_().get(reverse("desk:partner_status", args=["mitra"]))
    assert [(each.address, each.times) for each in answer.context["blocked"]] == [("127.0.0.1", 2)]
    assert [key.calls for key in answer.context["use"]] == [3]
    assert answer.context["last_list"] is not None
    assert answer.context["answers"].calls == 3


def test_a_partner_that_never_called_has_a_status_too(shop: Shop, machine: Machine) -> None:
    text = shown(Desk(shop).as_(), "partner_status")
    assert "belum ada panggilan dalam 24 jam" in text
    assert "0 / 1.200" in text
