"""The desk's pages of deposits and banks' files are for everybody: with their faults shown, too."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.urls import reverse
from pytest_django.live_server_helper import LiveServer

from dealers.models import Role
from portal.lib import tenancy
from tests import factories, worlds
from tests.browser.visitor import Visitor, judged
from tests.transactions.desk_rig import signed_in
from transactions import stock_deposits
from transactions.models import BankAccount, BankFile

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def dispatcher() -> Iterator[None]:
    """Nobody at work: what these tests made stays as it was."""
    yield


def test_the_desks_pages_of_deposits_are_for_everybody(visitor: Visitor, live_server: LiveServer) -> None:
    world = worlds.world("meja", staff=True)
    zero = factories.dealer(is_zero=True)
    factories.stock_partner(zero, world.dealer)
    factories.bank_account(zero)
    ticket = stock_deposits.open_(world.dealer, amount=50_000, bank="").ticket
    with tenancy.inside(world.dealer.pk):
        account = BankAccount.objects.earliest("pk")
        lines = [
            {"number": 3, "verdict": "unread", "why": "cents", "day": None, "amount": 0, "raw": "1,50"},
            {"number": 4, "verdict": "in", "why": "", "day": world.line.day.isoformat(), "amount": 77_777, "raw": ""},
        ]
        rows = [line | {"note": "BUDI", "reference": f"csv:{line['number']}"} for line in lines]
        file = BankFile.objects.create(dealer=world.dealer, account=account, name="statement.csv", rows=rows)
    cookie = signed_in(world.staff[Role.OWNER]).cookies[settings.SESSION_COOKIE_NAME].value
    visitor.page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    pages: dict[str, list[object]] = {
        "tickets": [],
        "ticket": [world.deposit.code],
        "bank_files": [],
        "bank_file": [file.pk],
        "bank_line": [world.line.pk],
        "stock_deposits": [],
        "stock_deposit": [ticket.code],
    }
    found = {}
    for name, arguments in pages.items():
        visitor.page.goto(reverse(f"desk:{name}", args=arguments))
        found[name] = judged(visitor.page)
    visitor.page.goto(reverse("desk:stock_deposits"))
    visitor.page.get_by_label("Jumlah setoran").fill("5.000")
    visitor.follows("Buat tiket")
    found["fault"] = judged(visitor.page)
    assert {name: faults for name, faults in found.items() if faults} == {}
