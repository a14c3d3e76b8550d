"""A dealer connects a supplier of its own: the secrets are sealed and never shown, the address is one we may reach."""

import pytest
from django.urls import reverse
from pytest_django import Settings

from portal.lib import tenancy
from tests.transactions import catalogue_rig as rig
from tests.transactions.desk_rig import Desk, desk
from transactions.models import Supplier
from transactions.suppliers import connections

pytestmark = pytest.mark.django_db

FORM = {
    "connector": "digiflazz",
    "name": "Digiflazz",
    "code": "flazz",
    "base_url": "https://8.8.8.8/v1",
    "username": "toko",
    "api_key": "kunci-rahasia",
    "callback_secret": "rahasia-callback",
}


@pytest.fixture
def here() -> Desk:
    return desk()


def kept(here: Desk, code: str = "flazz") -> Supplier | None:
    with tenancy.inside(here.shop.dealer.pk):
        return Supplier.objects.filter(dealer=here.shop.dealer, code=code).first()


def test_the_supplier_can_be_called_with_what_was_typed(here: Desk) -> None:
    answer = rig.send(here.as_(), "supplier_add", **FORM)
    assert answer["Location"] == reverse("desk:supplier", args=["flazz"])
    row = kept(here)
    assert row is not None
    spoken = connections.connect(row)._account  # type: ignore[attr-defined]  # what the connector was made with
    assert (spoken.base_url, spoken.username) == ("https://8.8.8.8/v1", "toko")
    assert (spoken.api_key, spoken.callback_secret) == ("kunci-rahasia", "rahasia-callback")


def test_a_secret_is_sealed_and_on_no_page(here: Desk) -> None:
    rig.send(here.as_(), "supplier_add", **FORM)
    row = kept(here)
    assert row is not None
    assert row.api_key.startswith("v1.")
    for name, arguments in (("supplier", ["flazz"]), ("supplier_edit", ["flazz"]), ("suppliers", []), ("history", [])):
        shown = rig.text(here.as_().get(reverse(f"desk:{name}", args=arguments)))
        for secret in ("kunci-rahasia", "rahasia-callback", row.api_key, row.callback_secret):
            assert secret not in shown


def test_the_form_that_comes_back_holds_no_secret(here: Desk) -> None:
    shown = rig.text(rig.send(here.as_(), "supplier_add", **{**FORM, "name": ""}))
    assert "kunci-rahasia" not in shown
    assert "Digiflazz" in shown


def test_the_history_tells_that_a_key_came_and_not_which(here: Desk) -> None:
    rig.send(here.as_(), "supplier_add", **FORM)
    shown = rig.text(here.as_().get(reverse("desk:supplier", args=["flazz"])))
    assert "Kunci API: <b>diganti</b>" in shown


def test_the_page_tells_the_address_to_report_to(here: Desk) -> None:
    rig.send(here.as_(), "supplier_add", **FORM)
    shown = rig.text(here.as_().get(reverse("desk:supplier", args=["flazz"])))
    assert f"/hooks/suppliers/{here.shop.dealer.slug}.flazz/" in shown


@pytest.mark.parametrize("code", ["konter-a", "KONTER-A", "baru", "stok", "konter"])
def test_a_code_that_is_taken_or_a_word_of_ours_is_refused(here: Desk, code: str) -> None:
    assert "Kode ini sudah dipakai" in rig.text(rig.send(here.as_(), "supplier_add", **{**FORM, "code": code}))
    with tenancy.inside(here.shop.dealer.pk):
        assert Supplier.objects.count() == 1


@pytest.mark.parametrize(
    "url",
    ["8.8.8.8/v1", "ftp://8.8.8.8/v1", "https://", "https://a@8.8.8.8/v1", "https://8.8.8.8/v1?x=1", "https://[/v1"],
)
def test_an_address_that_is_none_is_refused(here: Desk, url: str) -> None:
    assert "Tulis alamat lengkap" in rig.text(rig.send(here.as_(), "supplier_add", **{**FORM, "base_url": url}))
    assert kept(here) is None


def test_outside_the_demo_no_key_travels_in_the_clear(here: Desk) -> None:
    shown = rig.send(here.as_(), "supplier_add", **{**FORM, "base_url": "http://8.8.8.8/v1"})
    assert "harus https" in rig.text(shown)
    assert kept(here) is None


@pytest.mark.parametrize("host", ["127.0.0.1:8001", "10.0.0.5", "169.254.169.254", "[::1]", "localhost"])
def test_an_address_inside_our_own_network_is_refused(here: Desk, settings: Settings, host: str) -> None:
    settings.OUTBOUND_ALLOW_NETWORKS = []
    shown = rig.send(here.as_(), "supplier_add", **{**FORM, "base_url": f"https://{host}/v1"})
    assert "tidak boleh dihubungi" in rig.text(shown)
    assert kept(here) is None
