"""Reconciliation at the desk: a file is read, looked at and compared; a difference is decided with its effect shown."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from dealers.models import Role
from portal.lib import tenancy
from tests.transactions.reconcile import rig
from tests.transactions.reconcile.rig import Recap
from transactions.models import DayState, Difference, DifferenceState, ReconcileDay, Resolution, Transfer
from transactions.reconcile import resolving
from transactions.suppliers.base import Outcome, StatementLine

pytestmark = pytest.mark.django_db(transaction=True)
HEAD = "ref_id,sku,number,price,status,sn,date\n"


@pytest.fixture
def day() -> Recap:
    return rig.recap()


def text(answer: Any) -> str:
    """The page, in one line."""
    return re.sub(r"\s+", " ", answer.content.decode())


def get(day: Recap, name: str, *args: object, role: Role = Role.OWNER, **query: str) -> str:
    return text(day.here.as_(role).get(reverse(f"desk:{name}", args=args), query))


def post(here: Recap, name: str, *args: object, role: Role = Role.OWNER, **fields: Any) -> str:
    return text(here.here.as_(role).post(reverse(f"desk:{name}", args=args), fields, follow=True))


def send(day: Recap, body: str) -> str:
    """A file is chosen and read."""
    file = SimpleUploadedFile("laporan.csv", body.encode(), content_type="text/csv")
    return post(day, "recap_upload", day.row.pk, file=file)


def seen(page: str) -> str:
    found = re.search(r'name="seen" value="([^"]+)"', page)
    assert found
    return found[1]


def test_without_days_the_queue_says_when_they_come(day: Recap) -> None:
    with tenancy.inside(day.shop.dealer.pk):
        ReconcileDay.objects.update(day=day.row.day, state=DayState.AWAITED)
    assert "konter-a" in get(day, "recaps")
    assert "Tidak ada hari yang cocok" in get(day, "recaps", state="failed")


def test_a_file_is_shown_before_it_counts_and_then_compared(day: Recap) -> None:
    attempt = day.bought()
    page = send(day, f"{HEAD}{attempt.reference.lower()},tsel10,,10.300,Sukses,,\nRUSAK,,,abc,Sukses,,\n")
    assert "Benar berkas ini?" in page
    assert "Baris 3: harganya bukan rupiah" in page
    assert day.now().state == DayState.AWAITED
    page = post(day, "recap_upload", day.row.pk, step="use", seen=seen(page))
    assert "Ada selisih yang perlu diputuskan" in page
    assert "+Rp100" in page
    assert [each.kind for each in day.differences()] == ["price"]
    assert "1 selisih" in get(day, "recaps")


def test_a_file_that_cannot_be_read_says_why(day: Recap) -> None:
    page = send(day, "apa,ini\n1,2\n")
    assert "Paling sedikit perlu kolom ref, harga dan status" in page
    assert day.now().state == DayState.AWAITED


def test_a_file_that_was_replaced_meanwhile_is_not_used(day: Recap) -> None:
    first = seen(send(day, f"{HEAD}A-1,,,1,Sukses,,\n"))
    send(day, f"{HEAD}B-1,,,2,Sukses,,\n")
    assert "sudah diganti" in post(day, "recap_upload", day.row.pk, step="use", seen=first)
    assert day.now().state == DayState.AWAITED


def test_a_file_is_thrown_away(day: Recap) -> None:
    token = seen(send(day, f"{HEAD}A-1,,,1,Sukses,,\n"))
    page = post(day, "recap_upload", day.row.pk, step="discard", seen=token)
    assert "Berkas dibuang" in page
    assert "Benar berkas ini?" not in page


def priced(day: Recap) -> Difference:
    day.told([day.line(day.bought(), price=10_300)])
    return day.only()


def decide(day: Recap, row: Difference, way: Resolution, **fields: str) -> str:
    given: dict[str, Any] = {
        "resolution": way,
        "reason": "sudah ditanyakan",
        "seen": resolving.stamp(row),
        "sure": "on",
        **fields,
    }
    return post(day, "recap_difference", row.pk, **given)


def test_the_effect_stands_there_before_anything_is_booked(day: Recap) -> None:
    page = get(day, "recap_difference", priced(day).pk)
    assert "Modal bertambah Rp100; deposit di konter-a berkurang sebanyak itu." in page
    assert "Rugi Rp100" in page
    with tenancy.inside(day.shop.dealer.pk):
        assert not Transfer.objects.filter(reference__startswith="reconcile:").exists()


def test_a_decision_books_and_leads_back_to_the_day(day: Recap) -> None:
    row = priced(day)
    page = decide(day, row, Resolution.ACCEPT)
    assert "Selisih selesai." in page
    with tenancy.inside(day.shop.dealer.pk):
        assert Transfer.objects.get(reference=row.booking).amount == 100
    assert "Angka mereka benar." in get(day, "recap_difference", row.pk)


@pytest.mark.parametrize("missing", ["sure", "reason", "resolution"])
def test_a_decision_that_lacks_something_books_nothing(day: Recap, missing: str) -> None:
    row = priced(day)
    assert "Belum disimpan" in decide(day, row, Resolution.ACCEPT, **{missing: ""})
    assert day.only().state == DifferenceState.OPEN


def test_what_they_will_correct_needs_a_day_to_come(day: Recap) -> None:
    row = priced(day)
    assert "Pilih tanggal setelah hari ini" in decide(day, row, Resolution.WAIT)
    soon = (timezone.localdate() + timedelta(days=3)).isoformat()
    assert "menunggu koreksi mereka" in decide(day, row, Resolution.WAIT, due_on=soon)


def test_above_the_limit_another_person_approves(day: Recap) -> None:
    with tenancy.inside(day.shop.dealer.pk):
        day.shop.dealer.four_eyes_above = 50
        day.shop.dealer.save(update_fields=["four_eyes_above"])
    row = priced(day)
    assert "Orang kedua harus menyetujui" in decide(day, row, Resolution.ACCEPT)
    row = day.only()
    assert "Anda yang mengusulkan" in get(day, "recap_difference", row.pk)
    said: dict[str, Any] = {"seen": resolving.stamp(row), "sure": "on"}
    assert "Pengusul tidak bisa" in post(day, "recap_difference", row.pk, **said)
    assert "Selisih selesai." in post(day, "recap_difference", row.pk, role=Role.MANAGER, **said)


def test_a_contrary_outcome_leads_to_its_incident(day: Recap) -> None:
    day.told([day.line(day.bought(), outcome=Outcome.FAILED)])
    page = decide(day, day.only(), Resolution.INCIDENT)
    assert "Jawaban pemasok" in page or "Kata pemasok" in page


def test_both_sides_and_what_differs_can_be_taken_home(day: Recap) -> None:
    attempt = day.bought()
    day.told([day.line(attempt, price=10_300)])
    client = day.here.as_()
    files = {}
    for what in ("kita", "mereka", "selisih"):
        answer = client.get(reverse("desk:recap_csv", args=[day.row.pk, what]))
        files[what] = b"".join(answer).decode("utf-8-sig").splitlines()
    assert files["kita"][0] == files["mereka"][0] == HEAD.strip()
    assert f"{attempt.reference},TSEL10," in files["kita"][1]
    assert ",10200,Sukses," in files["kita"][1]
    assert ",10300,Sukses," in files["mereka"][1]
    assert files["selisih"][1].startswith(f"{attempt.reference},Harga berbeda,10200,Sukses,")
    assert client.get(reverse("desk:recap_csv", args=[day.row.pk, "lain"])).status_code == 404


def test_our_own_file_agrees_with_our_books(day: Recap) -> None:
    for _ in range(3):
        day.bought()
    answer = day.here.as_().get(reverse("desk:recap_csv", args=[day.row.pk, "kita"]))
    page = send(day, b"".join(answer).decode("utf-8-sig"))
    assert "Semua cocok" in post(day, "recap_upload", day.row.pk, step="use", seen=seen(page))
    assert day.now().matched == 3


def test_a_day_is_opened_by_hand_and_compared_again_by_hand(day: Recap) -> None:
    before = (day.row.day - timedelta(days=4)).isoformat()
    page = post(day, "recap_open", who=f"s:{day.shop.supplier.pk}", day=before)
    assert "Laporan mereka belum ada" in page
    assert "Pilih pihaknya" in post(day, "recap_open", who=f"s:{day.shop.supplier.pk}", day="2999-01-01")
    assert "Unggah laporannya" in post(day, "recap_run", day.row.pk)


def test_a_task_leads_to_its_day(day: Recap) -> None:
    day.told([StatementLine(reference="X-1", outcome=Outcome.SUCCEEDED, price=5)])
    assert reverse("desk:recap", args=[day.row.pk]) in get(day, "tasks")
