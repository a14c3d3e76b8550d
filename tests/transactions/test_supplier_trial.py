"""Trying a supplier: a sale of its sandbox leaves no order, no attempt and no money; and it is told where to report."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from dealers import partners
from dealers.models import Role
from portal.lib import tenancy
from tests import factories
from tests.transactions import catalogue_rig as rig
from tests.transactions.desk_rig import Desk, desk
from transactions import trials, webhook_endpoints, webhooks
from transactions.models import Attempt, Brand, Order, SandboxOrder, Supplier, Transfer
from transactions.suppliers import connections
from transactions.suppliers.simulator import Simulator

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(simulator: Simulator) -> Desk:
    made = desk()
    with tenancy.inside(made.shop.dealer.pk):
        Supplier.objects.update(base_url=simulator.url)
        connections.seal_secrets(made.shop.supplier, api_key=simulator.account("konter-a").api_key)
    return made


def said(here: Desk, name: str, code: str = "konter-a", **fields: str) -> str:
    answer = here.as_().post(reverse(f"desk:{name}", args=[code]), fields)
    assert answer.status_code == 302
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


def of_the_book(here: Desk) -> tuple[int, int, int]:
    with tenancy.inside(here.shop.dealer.pk):
        return Order.objects.count(), Attempt.objects.count(), Transfer.objects.count()


def test_the_documented_trial_succeeds_and_leaves_nothing(here: Desk, simulator: Simulator) -> None:
    with tenancy.inside(here.shop.dealer.pk):
        connector = connections.connect(Supplier.objects.get())
    before, money = of_the_book(here), connector.balance()
    told = said(here, "supplier_trial")
    assert "Penjualan percobaan berhasil: rc 00, Sukses" in told
    assert "SN 1234567890." in told
    assert "milidetik" in told
    assert (of_the_book(here), connector.balance()) == (before, money)
    assert simulator.log() == []


def test_a_refusal_is_told_with_its_code(here: Desk) -> None:
    with tenancy.inside(here.shop.dealer.pk):
        connections.seal_secrets(here.shop.supplier, api_key="salah")
    assert "Penjualan percobaan ditolak: rc 41, Tanda tangan (signature) salah" in said(here, "supplier_trial")


def test_nobody_there_is_told(here: Desk) -> None:
    with tenancy.inside(here.shop.dealer.pk):
        Supplier.objects.update(base_url="http://127.0.0.1:9/v1")
    assert "Tidak terkirim" in said(here, "supplier_trial")


def test_trials_are_few(here: Desk) -> None:
    url = reverse("desk:supplier_trial", args=["konter-a"])
    answers = [here.as_().post(url).status_code for _ in range(trials.PER_MINUTE + 1)]
    assert answers == [302] * trials.PER_MINUTE + [429]


def test_a_cashier_may_not(here: Desk) -> None:
    for name in ("supplier_trial", "supplier_report"):
        assert here.as_(Role.CASHIER).post(reverse(f"desk:{name}", args=["konter-a"])).status_code == 403


def test_a_kind_that_is_told_by_hand_says_so(here: Desk) -> None:
    assert "Alamat callback belum terdaftar" in said(here, "supplier_report")
    assert "Daftarkan di sana" not in rig.text(here.as_().get(reverse("desk:supplier", args=["konter-a"])))


def test_the_page_tells_from_where_the_portal_calls_or_that_it_does_not_know(here: Desk, settings: Settings) -> None:
    page = reverse("desk:supplier", args=["konter-a"])
    assert "Belum diketahui." in rig.text(here.as_().get(page))
    settings.OUTBOUND_ADDRESSES = ["203.0.113.7"]
    shown = rig.text(here.as_().get(page))
    assert "203.0.113.7" in shown
    assert "Belum diketahui." not in shown


class Other:
    """Another portal, and the account that this desk's dealer has there."""

    def __init__(self, here: Desk, url: str) -> None:
        self.here = here
        self.shop = factories.shop(money=0)
        with tenancy.inside(self.shop.dealer.pk):
            self.shop.product.brand = Brand.objects.get(code="XL")
            self.shop.product.save(update_fields=["brand"])
        self.machine = factories.machine(self.shop.dealer, username="toko-a")
        account = {
            "connector": "konter",
            "name": "Toko lain",
            "code": "lain",
            "username": "toko-a",
            "callback_secret": "",
        }
        answer = rig.send(here.as_(), "supplier_add", **account, base_url=url, api_key=self.machine.key)
        assert answer.status_code == 302, rig.text(answer)

    def row(self) -> Supplier:
        """The supplier, as this desk's dealer has it."""
        with tenancy.inside(self.here.shop.dealer.pk):
            return Supplier.objects.get(code="lain")


@pytest.fixture
def other(live_server: LiveServer, settings: Settings) -> Other:
    settings.OUTBOUND_ALLOW_NETWORKS = ["127.0.0.0/8"]
    settings.DEMO = True  # reached without TLS
    return Other(desk(), f"{live_server.url}/k/some-shop/")


@pytest.mark.django_db(transaction=True)
def test_the_address_of_a_shop_there_stands_for_its_portal(other: Other, live_server: LiveServer) -> None:
    assert other.row().base_url == live_server.url
    assert "Terhubung. Saldo Rp1.000.000." in said(other.here, "supplier_ask", "lain")


@pytest.mark.django_db(transaction=True)
def test_one_click_has_it_report_to_us(other: Other, settings: Settings) -> None:
    settings.KONTER_BASE_URL = "http://127.0.0.1:9"
    assert "terdaftar di sana" in said(other.here, "supplier_report", "lain")
    with tenancy.inside(other.shop.dealer.pk):
        (endpoint,) = webhooks.in_use(other.shop.dealer.pk, other.machine.partner.pk)
        secret = webhook_endpoints.secret_of(endpoint)
    kept = connections.connect(other.row())._account.callback_secret  # type: ignore[attr-defined]  # what it was made with
    assert endpoint.url == f"http://127.0.0.1:9/hooks/suppliers/{other.here.shop.dealer.slug}.lain/"
    assert secret == kept


@pytest.mark.django_db(transaction=True)
def test_a_live_key_tries_nothing_and_a_sandbox_key_is_used_once(other: Other) -> None:
    assert "perlu kunci sandbox" in said(other.here, "supplier_trial", "lain")
    with tenancy.inside(other.shop.dealer.pk):
        plain = partners.issue(other.machine.partner, is_sandbox=True, by=None).plain
    before = other.row().api_key
    assert "Penjualan percobaan berhasil: rc 00" in said(other.here, "supplier_trial", "lain", sandbox_key=plain)
    assert other.row().api_key == before
    with tenancy.inside(other.shop.dealer.pk):
        assert (SandboxOrder.objects.count(), Order.objects.count()) == (1, 0)


def test_each_kind_is_asked_for_in_its_own_words(here: Desk) -> None:
    page = reverse("desk:supplier_add")
    shown = rig.text(here.as_().get(page, {"jenis": "konter"}))
    assert "Alamat portal" in shown
    assert 'value="konter"' in shown
    assert "Alamat portal" not in rig.text(here.as_().get(page))


def test_a_webhook_secret_that_is_none_is_refused(here: Desk) -> None:
    account = {"connector": "konter", "name": "Lain", "code": "lain", "base_url": "https://8.8.8.8", "username": "t"}
    shown = rig.text(rig.send(here.as_(), "supplier_add", **account, api_key="kt_live_x", callback_secret="whsec_x"))
    assert "Tulis whsec_" in shown
