"""How fresh a supplier's list is stands on its page; a list that is held is looked at and decided about."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from dealers.models import Role
from portal.lib import tenancy
from tests import factories
from tests.transactions import catalogue_rig
from tests.transactions import sync_rig as rig
from tests.transactions.sync_rig import Synced
from transactions.models import RunState, SyncState
from transactions.suppliers.simulator import Simulator
from transactions.sync import runs

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(simulator: Simulator) -> Synced:
    made = rig.synced(simulator)
    made.offers(*rig.many(9))
    return made


def text(answer: catalogue_rig.Answer) -> str:
    """The page, in one line."""
    return re.sub(r"\s+", " ", answer.content.decode())


def shown(here: Synced) -> str:
    """The supplier's page."""
    return text(here.here.as_().get(reverse("desk:supplier", args=["konter-a"])))


def fetched(here: Synced) -> str:
    """Asked for at once, from the supplier's page."""
    address = reverse("desk:price_list_fetch", args=["konter-a"])
    return text(here.here.as_().post(address, {"from": "supplier"}, follow=True))


def held(here: Synced) -> str:
    """A list that is not believed has come; its page."""
    here.run()
    here.run(rig.line(price=102_000), *rig.many(9)[1:])
    return text(here.here.as_().get(reverse("desk:price_list_held", args=["konter-a"])))


def decide(here: Synced, verdict: str, **fields: str) -> str:
    with tenancy.inside(here.shop.dealer.pk):
        waiting = runs.held(here.shop.supplier)
    given = {"verdict": verdict, "seen": waiting.digest if waiting else "", "sure": "on", **fields}
    address = reverse("desk:price_list_held", args=["konter-a"])
    return text(here.here.as_().post(address, given, follow=True))


def test_a_list_that_was_never_fetched_says_so(here: Synced) -> None:
    assert "Belum pernah diambil" in shown(here)


def test_by_hand_it_is_the_same_run_with_a_name(here: Synced) -> None:
    page = fetched(here)
    assert "diambil dan diterapkan" in page
    assert here.here.person(Role.OWNER).name in page
    assert here.in_force()["N1"] == 20_001


def test_how_fresh_it_is_and_when_it_is_next_asked_for_are_shown(here: Synced) -> None:
    here.run()
    page = shown(here)
    assert "Terbaru" in page
    assert "10 baris" in page
    assert "Berikutnya" in page


def test_a_list_that_has_not_come_for_long_is_late(here: Synced) -> None:
    here.run()
    with tenancy.inside(here.shop.dealer.pk):
        SyncState.objects.update(synced_at=timezone.now() - timedelta(hours=3))
    assert "Terlambat" in shown(here)


def test_a_run_that_is_under_way_is_shown(here: Synced) -> None:
    runs._begin(here.shop.supplier, None)
    assert "Sedang diambil sejak" in shown(here)


def test_asked_for_too_soon_it_says_when(here: Synced) -> None:
    runs.run(here.shop.supplier)
    assert "Bisa diambil lagi pukul" in fetched(here)


def test_asked_for_while_another_run_is_under_way_it_says_so(here: Synced) -> None:
    runs._begin(here.shop.supplier, None)
    assert "sedang diambil" in fetched(here)


def test_why_the_last_run_failed_is_shown(here: Synced) -> None:
    here.says(b"<html>")
    fetched(here)
    page = shown(here)
    assert "Pengambilan terakhir gagal" in page
    assert "Jawabannya tidak dikenali" in page


def test_what_a_run_brought_is_told(here: Synced) -> None:
    here.run()
    here.run(rig.line(price=10_410), *rig.many(9)[2:])
    page = shown(here)
    assert "1 naik" in page
    assert "1 hilang" in page


def test_a_held_list_is_announced_where_people_look(here: Synced) -> None:
    held(here)
    link = reverse("desk:price_list_held", args=["konter-a"])
    assert link in shown(here)
    assert link in text(here.here.as_().get(reverse("desk:price_list", args=["konter-a"])))
    assert reverse("desk:supplier", args=["konter-a"]) in text(here.here.as_().get(reverse("desk:tasks")))


def test_its_differences_are_shown_with_what_is_sold_first(here: Synced) -> None:
    page = held(here)
    assert "Harga melompat terlalu jauh" in page
    assert "Rp10.200" in page
    assert "Rp102.000" in page
    assert "900 %" in page
    assert "dijual sebagai TSEL10" in page


def test_codes_that_are_missing_are_named(here: Synced) -> None:
    here.run()
    here.run(*rig.many(9)[:4])
    page = text(here.here.as_().get(reverse("desk:price_list_held", args=["konter-a"])))
    assert "Terlalu banyak kode hilang" in page
    assert "Telkomsel N8" in page
    assert "6 hilang" in page


def test_applied_it_counts(here: Synced) -> None:
    held(here)
    assert "Daftar diterapkan, 1 harga ikut berubah" in decide(here, "apply")
    assert here.route().cost == 102_000


def test_discarded_it_does_not(here: Synced) -> None:
    held(here)
    page = decide(here, "discard")
    assert "Daftar dibuang" in page
    assert here.here.person(Role.OWNER).name in page
    assert here.route().cost == 10_200


def test_without_the_tick_nothing_is_decided(here: Synced) -> None:
    held(here)
    assert "Centang dulu" in decide(here, "apply", sure="")
    assert here.route().cost == 10_200


def test_a_decision_about_another_list_than_was_seen_is_refused(here: Synced) -> None:
    held(here)
    assert "sudah berganti" in decide(here, "apply", seen="2-0000000000000000")
    assert here.route().cost == 10_200


def test_when_nothing_is_held_there_is_no_such_page(here: Synced) -> None:
    here.run()
    assert here.here.as_().get(reverse("desk:price_list_held", args=["konter-a"])).status_code == 404
    assert "sudah berganti" in decide(here, "discard")


def test_a_route_that_was_closed_by_itself_says_why(here: Synced) -> None:
    here.run()
    here.run(rig.line(seller_product_status=False), *rig.many(9)[1:])
    assert "Tutup di daftar pemasok" in text(here.here.as_().get(reverse("desk:product", args=["TSEL10"])))
    assert "Jalur ditutup otomatis" in shown(here)


def test_a_person_who_closes_what_the_list_closed_keeps_it_closed(here: Synced) -> None:
    here.run()
    here.run(rig.line(seller_product_status=False), *rig.many(9)[1:])
    fields = {"supplier_sku": "TSEL10", "cost": "10.200", "rank": "1", "closed_note": "tidak laku"}
    catalogue_rig.agree(here.here.as_(), "route", here.route().pk, **fields)
    here.run(*rig.many(9))
    assert (here.route().is_open, here.route().closed_note) == (False, "tidak laku")


def test_an_unknown_code_that_surely_is_one_of_the_products_is_suggested(here: Synced) -> None:
    other = factories.supplier(here.shop.dealer, "kedua")
    same = factories.offer("s10", name="Telkomsel 10.000", price=10_150)
    factories.price_list(here.shop.dealer, other, same, factories.offer("s5"))
    page = here.here.as_().get(reverse("desk:price_list", args=["kedua"]), {"state": "suits"})
    assert [row.line.offer.sku for row in page.context["shown"]] == ["s10"]
    assert "≈ TSEL10" in text(page)
    assert "1 kode cocok dengan produk Anda" in text(page)


def test_two_codes_that_could_be_the_same_product_are_suggested_for_one(here: Synced) -> None:
    other = factories.supplier(here.shop.dealer, "kedua")
    twins = [factories.offer(sku, name="Telkomsel 10.000", price=10_150 + n) for n, sku in enumerate(("a10", "b10"))]
    factories.price_list(here.shop.dealer, other, *twins)
    page = here.here.as_().get(reverse("desk:price_list", args=["kedua"]), {"state": "suits"})
    assert [row.line.offer.sku for row in page.context["shown"]] == ["a10"]


def test_a_discarded_list_that_comes_again_says_so(here: Synced) -> None:
    held(here)
    decide(here, "discard")
    here.pass_time()
    assert "masih daftar yang sudah dibuang" in fetched(here)
    with tenancy.inside(here.shop.dealer.pk):
        assert runs.held(here.shop.supplier) is None
        assert here.shop.supplier.runs.latest("pk").state == RunState.DISCARDED
