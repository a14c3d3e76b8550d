"""A bank's list is looked at before it is booked; whatever comes twice is booked once."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator

import pytest

from dealers import days
from portal.lib import tenancy
from tests.transactions.deposit_rig import Till, till
from tests.transactions.paying_rig import audited
from transactions import bank_imports
from transactions.bank_imports import AlreadyBooked, Standing
from transactions.bank_lines import Entered
from transactions.models import BankFile, BankLine, TaskKind

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Iterator[Till]:
    with audited():
        yield till()


def rows(here: Till, *lines: str) -> bytes:
    """`50.377;BUDI` is money that came today; what has three parts begins with its day."""
    today = f"{days.today(here.dealer):%d/%m/%Y}"
    whole = [line if line.count(";") == 2 else f"{today};{line}" for line in lines]
    return "\n".join(["Tanggal;Kredit;Keterangan;Debet", *(f"{line};" for line in whole)]).encode()


def upload(here: Till, *lines: str) -> BankFile:
    with tenancy.inside(here.dealer.pk):
        return bank_imports.read(
            here.dealer, here.account, name="mutasi.csv", data=rows(here, *lines), actor=here.staff
        )


def standings(here: Till, file: BankFile) -> list[Standing]:
    with tenancy.inside(here.dealer.pk):
        return [item.standing for item in bank_imports.items(BankFile.objects.get(pk=file.pk))]


def book(here: Till, file: BankFile, *although: int) -> Entered:
    return bank_imports.book(here.dealer, file.pk, although=although, actor=here.staff)


def lines(here: Till) -> Counter[int]:
    with tenancy.inside(here.dealer.pk):
        return Counter(BankLine.objects.values_list("amount", flat=True))


def test_nothing_is_booked_before_somebody_says_so(here: Till) -> None:
    file = upload(here, "50.377;BUDI", "kemarin;1.000;X")
    assert standings(here, file) == [Standing.NEW, Standing.UNREAD]
    assert lines(here) == Counter()


def test_what_is_new_is_booked_with_a_task_each(here: Till) -> None:
    assert book(here, upload(here, "50.377;BUDI", "60.000;SITI")) == Entered(2, 0, 0)
    assert (here.suspense(), len(here.tasks(TaskKind.MONEY))) == (110_377, 2)


def test_the_exact_sum_of_a_ticket_in_a_file_is_credited(here: Till) -> None:
    ticket = here.open()
    assert book(here, upload(here, f"{ticket.amount};BUDI", "60.000;SITI")) == Entered(2, 0, 1)
    assert here.balance() == ticket.amount


def test_the_same_file_again_books_nothing(here: Till) -> None:
    given = ("50.377;BUDI", "50.377;BUDI", "60.000;SITI")
    book(here, upload(here, *given))
    again = upload(here, *given)
    assert standings(here, again) == [Standing.KNOWN] * 3
    assert book(here, again) == Entered(0, 3, 0)
    assert lines(here) == Counter({50_377: 2, 60_000: 1})


def test_one_upload_is_booked_once(here: Till) -> None:
    file = upload(here, "50.377;BUDI")
    book(here, file)
    with pytest.raises(AlreadyBooked):
        book(here, file)
    with tenancy.inside(here.dealer.pk):
        kept = BankFile.objects.get(pk=file.pk)
    assert (kept.rows, kept.new) == ([], 1)


def test_two_uploads_of_one_file_side_by_side_are_booked_once(here: Till) -> None:
    first, second = upload(here, "50.377;BUDI"), upload(here, "50.377;BUDI")
    book(here, first)
    assert book(here, second) == Entered(0, 1, 0)


def test_a_later_file_adds_what_came_since(here: Till) -> None:
    book(here, upload(here, "50.377;BUDI"))
    later = upload(here, "50.377;SITI", "50.377;BUDI", "50.377;BUDI")
    assert standings(here, later) == [Standing.NEW, Standing.KNOWN, Standing.NEW]
    assert book(here, later).new == 2


def test_what_was_entered_by_hand_is_not_booked_again_unless_a_person_says_so(here: Till) -> None:
    here.enter(50_377, "FT26112400001")
    file = upload(here, "50.377;BUDI", "50.377;SITI")
    assert standings(here, file) == [Standing.SIMILAR, Standing.NEW]
    assert book(here, file).new == 1
    meant = upload(here, "50.377;JOKO", "50.377;SITI")
    assert standings(here, meant) == [Standing.SIMILAR, Standing.KNOWN]
    assert book(here, meant, 2).new == 1
    assert lines(here) == Counter({50_377: 3})


def test_a_line_of_another_day_is_no_twin(here: Till) -> None:
    here.enter(50_377, "FT26112400001", day=days.today(here.dealer) - dt.timedelta(days=1))
    assert standings(here, upload(here, "50.377;BUDI")) == [Standing.NEW]


def test_a_reference_that_stands_for_another_sum_is_not_booked(here: Till) -> None:
    here.enter(10_000, "FT26112400001")
    today = f"{days.today(here.dealer):%d/%m/%Y}"
    data = f"Tanggal;Kredit;No Referensi\n{today};50.377;FT26112400001\n".encode()
    with tenancy.inside(here.dealer.pk):
        file = bank_imports.read(here.dealer, here.account, name="x", data=data, actor=here.staff)
    assert standings(here, file) == [Standing.CLASH]
    assert book(here, file) == Entered(0, 0, 0)


def test_a_files_name_is_kept_printable_and_short(here: Till) -> None:
    with tenancy.inside(here.dealer.pk):
        file = bank_imports.read(
            here.dealer, here.account, name="a\nb" + "x" * 200, data=rows(here, "1.000;A"), actor=here.staff
        )
    assert (file.name[:3], len(file.name)) == ("a b", 80)
