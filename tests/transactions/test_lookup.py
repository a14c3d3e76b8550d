"""Finding an order by code and last four digits: facts to read, and no way to the secret link."""

import pytest
from django.test import Client
from pytest_django import Settings

from portal.lib import ids
from tests.transactions import served
from tests.transactions.storefront_rig import NO, Answer, Storefront, guest, storefront, text_of
from transactions.models import Order

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Storefront:
    return storefront()


@pytest.fixture
def order(here: Storefront) -> Order:
    return served.serve(here)[0]


def _look(browser: Client, code: str, end: str) -> Answer:
    return browser.post("/cek/", {"kode": code, "akhir": end})


def test_code_and_digits_show_how_the_order_stands(order: Order) -> None:
    answer = _look(guest(), ids.grouped(order.code).lower(), order.destination[-4:])
    assert answer.status_code == 200
    page = text_of(answer)
    for told in ("Berhasil", "Pulsa masuk", "0812-••••-", "Rp11.000"):
        assert told in page
    for hidden in (order.secret, order.sn, "0031 8890", order.destination[-9:-3], f"/o/{order.code}"):
        assert hidden not in page


def test_a_refund_is_among_the_facts(here: Storefront) -> None:
    failed = here.bought(gateway="cash")
    here.pays(failed)
    here.is_sent(failed, NO)
    page = text_of(_look(guest(), failed.code, failed.destination[-4:]))
    assert "Tidak berhasil" in page
    assert "Rp11.000 menunggu dikembalikan" in page


def test_a_wrong_code_and_wrong_digits_get_the_same_answer(order: Order) -> None:
    wrong = "0000" if order.destination[-4:] != "0000" else "1111"
    strange = ids.new_order_code()
    first, second = _look(guest(), order.code, wrong), _look(guest(), strange, wrong)
    mistyped = _look(guest(), f"{order.code[:-1]}*", wrong)
    assert first.status_code == second.status_code == mistyped.status_code == 404
    pages = {_without(order.code, first), _without(strange, second), _without(f"{order.code[:-1]}*", mistyped)}
    assert len(pages) == 1


def _without(code: str, answer: Answer) -> str:
    page = text_of(answer)
    start = page.index("<main")
    form = page[start : page.index("</main>")].replace(code, "")
    return "".join(part for part in form.split("<input") if "csrf" not in part)


def test_what_is_missing_is_said_beside_its_field() -> None:
    answer = _look(guest(), "", "12")
    assert answer.status_code == 422
    page = text_of(answer)
    assert "Isi kode pesanan dulu." in page
    assert "Isi empat angka terakhir nomornya." in page


def test_trying_is_limited_by_address(settings: Settings) -> None:
    settings.GUEST_LOOKUPS_PER_MINUTE = 3
    browser = guest()
    codes = [_look(browser, ids.new_order_code(), "0000").status_code for _ in range(4)]
    assert codes == [404, 404, 404, 429]


def test_trying_the_digits_of_one_order_is_limited_whoever_tries(order: Order) -> None:
    codes = [_look(guest(), order.code, f"{n:04d}").status_code for n in range(12)]
    assert codes[-1] == 429
    assert codes.count(429) <= 2


def test_a_lost_link_leads_here(client: Client) -> None:
    page = text_of(client.get("/o/1/?t=x"))
    assert 'href="/cek/"' in page
