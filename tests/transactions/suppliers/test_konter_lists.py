"""Whole lists of another portal: its products as of one moment, the orders of a day, a trial, where to report."""

import dataclasses

import pytest
from pytest_django.live_server_helper import LiveServer

from dealers import days, partners
from portal.lib import tenancy
from tests import factories
from tests.transactions.suppliers.konter_rig import HOOK_SECRET, KonterRig
from transactions import partner_orders, partner_sales, webhook_endpoints, webhooks
from transactions.api.native import catalogue
from transactions.models import Brand, Order, Price, SandboxOrder
from transactions.suppliers import konter
from transactions.suppliers.base import (
    ListsConditionally,
    Offer,
    Outcome,
    StatesDays,
    SupplierUnavailable,
    TakesCallbackAddress,
    TriesSales,
    Trouble,
)
from transactions.suppliers.konter import Konter

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two lines to a page."""
    monkeypatch.setattr(konter, "_PAGE", 2)


def products(rig: KonterRig) -> None:
    for thousands in (5, 15, 20, 25):
        factories.product(rig.shop.dealer, rig.shop.supplier, sku=f"TSEL{thousands}", nominal=thousands * 1_000)


def test_it_can_all_that_a_supplier_may(rig: KonterRig) -> None:
    for can in (ListsConditionally, StatesDays, TriesSales, TakesCallbackAddress):
        assert isinstance(rig.connector, can)


def test_a_list_of_several_pages_is_whole_and_in_our_words(rig: KonterRig, small_pages: None) -> None:
    products(rig)
    offers = {offer.sku: offer for offer in rig.connector.price_list()}
    assert sorted(offers) == ["TSEL10", "TSEL15", "TSEL20", "TSEL25", "TSEL5"]
    assert offers["TSEL10"] == Offer(
        sku="TSEL10", name="Telkomsel 10000", category="pulsa", brand="TSEL", kind="pulsa", price=10_500,
        is_open=True, multi=True, nominal=10_000,
    )  # fmt: skip


def test_a_list_is_not_read_into_offers_again_while_it_is_the_same(rig: KonterRig, small_pages: None) -> None:
    products(rig)
    known = rig.connector.price_list_unless("")
    assert rig.connector.price_list_unless(known.etag).offers is None
    with tenancy.inside(rig.shop.dealer.pk):
        Price.objects.filter(product__sku="TSEL25", tier="partner").update(amount=10_700)
    changed = rig.connector.price_list_unless(known.etag)
    assert changed.etag != known.etag
    assert changed.offers is not None


def change_between_pages(rig: KonterRig, monkeypatch: pytest.MonkeyPatch, *, times: int) -> None:
    """The first product's price changes when a later page is read, so many times."""
    left, real = [times], catalogue._page

    def page(view: object, wanted: dict[str, object]) -> object:
        if wanted.get("cursor") and left[0]:
            left[0] -= 1
            with tenancy.inside(rig.shop.dealer.pk):
                Price.objects.filter(product__sku="TSEL10", tier="partner").update(amount=10_600 + left[0])
        return real(view, wanted)  # type: ignore[arg-type]  # the view itself

    monkeypatch.setattr(catalogue, "_page", page)


def test_a_list_that_changes_while_it_is_read_is_read_anew(
    rig: KonterRig, small_pages: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    products(rig)
    change_between_pages(rig, monkeypatch, times=1)
    offers = {offer.sku: offer for offer in rig.connector.price_list()}
    assert offers["TSEL10"].price == 10_600


def test_a_list_that_never_holds_still_is_no_list(
    rig: KonterRig, small_pages: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    products(rig)
    change_between_pages(rig, monkeypatch, times=100)
    with pytest.raises(SupplierUnavailable):
        rig.connector.price_list()


def test_a_days_statement_has_every_sale_with_its_end(rig: KonterRig, small_pages: None) -> None:
    asks = [rig.ask(f"S{n}") for n in range(5)]
    rig.will(asks[1], Outcome.FAILED)
    rig.will(asks[2], Outcome.PENDING)
    for ask in asks:
        rig.connector.top_up(ask)
    rig.work()
    rig.work()
    day = days.today(rig.shop.dealer)
    lines = {line.reference: line for line in rig.connector.statement(day)}
    assert sorted(lines) == ["S0", "S1", "S2", "S3", "S4"]
    assert [lines[f"S{n}"].outcome for n in range(3)] == [Outcome.SUCCEEDED, Outcome.FAILED, Outcome.PENDING]
    assert [lines[f"S{n}"].price for n in range(3)] == [10_500, 0, 10_500]
    assert (lines["S0"].sku, lines["S0"].destination) == ("TSEL10", asks[0].destination)
    assert lines["S0"].sn == rig.order("S0").sn
    assert lines["S0"].at == rig.order("S0").created_at
    assert rig.connector.statement(day.replace(year=day.year - 1)) == []


def test_a_statement_with_a_line_that_cannot_be_read_is_none(rig: KonterRig, monkeypatch: pytest.MonkeyPatch) -> None:
    rig.connector.top_up(rig.ask("S9"))
    with tenancy.inside(rig.shop.dealer.pk):
        written = partner_orders.of(Order.objects.select_related("product__brand").get())
    monkeypatch.setattr(partner_sales, "of", lambda _order: dataclasses.replace(written, price=-1))
    with pytest.raises(SupplierUnavailable):
        rig.connector.statement(days.today(rig.shop.dealer))


def with_key(rig: KonterRig, live_server: LiveServer, **key: object) -> Konter:
    """The same account with another key."""
    with tenancy.inside(rig.shop.dealer.pk):
        plain = partners.issue(rig.machine.partner, by=None, **key).plain  # type: ignore[arg-type]  # of `issue`
    return Konter(rig.credentials_at(live_server.url, key=plain))


def test_a_trial_with_a_sandbox_key_sells_nothing(rig: KonterRig, live_server: LiveServer) -> None:
    with tenancy.inside(rig.shop.dealer.pk):
        rig.shop.product.brand = Brand.objects.get(code="XL")
        rig.shop.product.save(update_fields=["brand"])
    verdict = with_key(rig, live_server, is_sandbox=True).try_sale()
    assert (verdict.outcome, bool(verdict.sn)) == (Outcome.SUCCEEDED, True)
    with tenancy.inside(rig.shop.dealer.pk):
        assert (SandboxOrder.objects.count(), Order.objects.count()) == (1, 0)


def test_a_trial_with_the_live_key_is_refused_before_anything_is_asked_for(rig: KonterRig) -> None:
    with pytest.raises(SupplierUnavailable) as refused:
        rig.connector.try_sale()
    assert refused.value.trouble is Trouble.LIVE_KEY
    with tenancy.inside(rig.shop.dealer.pk):
        assert not Order.objects.exists()


def test_a_trial_without_anything_to_sell_says_so(rig: KonterRig, live_server: LiveServer) -> None:
    with pytest.raises(SupplierUnavailable) as refused:
        with_key(rig, live_server, is_sandbox=True).try_sale()
    assert refused.value.trouble is Trouble.NOT_OFFERED


def test_a_sandbox_key_has_no_balance_to_speak_of(rig: KonterRig, live_server: LiveServer) -> None:
    with pytest.raises(SupplierUnavailable) as refused:
        with_key(rig, live_server, is_sandbox=True).balance()
    assert refused.value.trouble is Trouble.ACCOUNT


def test_the_address_to_report_to_is_told_and_takes_the_place_of_an_older_one(rig: KonterRig) -> None:
    for host in ("127.0.0.2", "127.0.0.1"):
        rig.connector.report_to(f"http://{host}:9/hooks/suppliers/a.b/", secret=HOOK_SECRET)
    with tenancy.inside(rig.shop.dealer.pk):
        (endpoint,) = webhooks.in_use(rig.shop.dealer.pk, rig.machine.partner.pk)
        assert endpoint.url == "http://127.0.0.1:9/hooks/suppliers/a.b/"
        assert webhook_endpoints.secret_of(endpoint) == HOOK_SECRET


def test_a_key_without_the_right_to_set_webhooks_is_said(rig: KonterRig, live_server: LiveServer) -> None:
    poor = with_key(rig, live_server, scopes=("buy", "read"))
    with pytest.raises(SupplierUnavailable) as refused:
        poor.report_to("http://127.0.0.1:9/hooks/suppliers/a.b/", secret=HOOK_SECRET)
    assert refused.value.trouble is Trouble.ACCOUNT


def test_a_wrong_key_is_said(rig: KonterRig, live_server: LiveServer) -> None:
    with pytest.raises(SupplierUnavailable) as refused:
        Konter(rig.credentials_at(live_server.url, key="wrong")).balance()
    assert refused.value.trouble is Trouble.KEY


def test_the_address_may_be_written_with_the_apis_path(rig: KonterRig, live_server: LiveServer) -> None:
    assert Konter(rig.credentials_at(f"{live_server.url}/api/v1/")).balance() == 1_000_000
