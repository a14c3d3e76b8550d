"""A statement ends where the ledger stands: on the page, in the file, for every account."""

import csv
import io

import pytest
from django.urls import reverse

from portal.lib import tenancy
from tests.transactions.desk_rig import NO, YES, Desk, desk
from transactions import ledger, rollups
from transactions.accounts import Acc
from transactions.desk_selectors import money, statement
from transactions.models import Account, AccountKind

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Desk:
    """A dealer on whose book sales, a failure and a refund stand."""
    made = desk()
    made.sent(made.shop.buy(), YES)
    made.sent(made.paid_by_guest(), NO)
    made.paid_by_guest()
    return made


def accounts(here: Desk) -> list[tuple[int, str, int]]:
    """Id, kind, and the ledger's own balance of every account."""
    with tenancy.inside(here.shop.dealer.pk):
        rows = list(Account.objects.all())
        return [(r.pk, r.kind, ledger.balance(here.shop.dealer.pk, Acc(AccountKind(r.kind), r.key))) for r in rows]


def table(here: Desk, pk: int, **period: str) -> list[list[str]]:
    answer = here.as_().get(reverse("desk:account_csv", args=[pk]), period)
    text = b"".join(answer).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))[1:]


@pytest.mark.parametrize("rolled_up", [False, True])
def test_the_file_s_closing_balance_is_the_ledger_s(here: Desk, *, rolled_up: bool) -> None:
    if rolled_up:
        rollups.roll_up(here.shop.dealer.pk)
    for pk, kind, balance in accounts(here):
        rows = table(here, pk)
        assert int(rows[-1][6]) == money.sign(kind) * balance, kind


def test_each_line_s_balance_follows_from_the_one_before(here: Desk) -> None:
    for pk, _kind, _balance in accounts(here):
        rows = table(here, pk)
        running = int(rows[0][6])
        for row in rows[1:-1]:
            running += int(row[4] or 0) - int(row[5] or 0)
            assert int(row[6]) == running
        assert int(rows[-1][6]) == running


def test_the_page_shows_the_same_closing_balance(here: Desk) -> None:
    for pk, kind, balance in accounts(here):
        shown = here.as_().get(reverse("desk:account", args=[pk])).context["found"]
        assert shown.closing == money.sign(kind) * balance


def test_a_period_before_anything_happened_is_empty_and_zero(here: Desk) -> None:
    pk = accounts(here)[0][0]
    rows = table(here, pk, start="2020-01-01", end="2020-01-31")
    assert [row[6] for row in rows] == ["0", "0"]


def test_pages_follow_one_another(here: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statement, "PAGE", 1)
    with tenancy.inside(here.shop.dealer.pk):
        unapplied = Account.objects.get(kind=AccountKind.UNAPPLIED)
    browser, address = here.as_(), reverse("desk:account", args=[unapplied.pk])
    first = browser.get(address).context["found"]
    references = [
        browser.get(address, {"page": n}).context["found"].rows[0].reference for n in range(1, first.count + 1)
    ]
    assert len(set(references)) == first.count == 4


def test_the_book_is_balanced_on_its_page(here: Desk) -> None:
    owned, kept, earned, spent = here.as_().get(reverse("desk:money")).context["books"]
    assert owned.total + spent.total == kept.total + earned.total


def test_a_period_longer_than_a_year_is_refused(here: Desk) -> None:
    pk = accounts(here)[0][0]
    shown = here.as_().get(reverse("desk:account", args=[pk]), {"start": "2020-01-01", "end": "2026-01-01"})
    assert "paling lama satu tahun" in shown.content.decode()


@pytest.mark.parametrize(
    ("reference", "text"),
    [
        ("7K3MQ9XA2B4:recapture", "Terjual"),
        ("7K3MQ9XA2B4:recapture:2", "Terjual"),
        ("7K3MQ9XA2B4:cost:2", "Modal"),
        ("7K3MQ9XA2B4:cost:2-returned", "Modal kembali"),
        ("7K3MQ9XA2B4:reversal:3", "Penjualan dibatalkan pemasok"),
        ("7K3MQ9XA2B4:late-loss:2-returned", "Rugi kembali"),
        ("7K3MQ9XA2B4:goodwill:1", "Ganti rugi sukarela"),
    ],
)
def test_a_booking_is_called_the_same_each_time_it_is_repeated(reference: str, text: str) -> None:
    assert statement._text(reference) == text
