"""Whatever is sent to the buy form, the answer is the form with what is wrong and what was typed; nothing is bought."""

from datetime import timedelta

import pytest

from tests import factories
from tests.transactions.storefront_rig import Storefront, storefront, text_of
from transactions import form_tokens

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Storefront:
    return storefront()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Isi nomornya dulu."),
        ("08123456", "Nomor kurang 2 angka."),
        ("08123456789012", "Nomor kelebihan 1 angka."),
        ("halo", "Nomor hanya berisi angka."),
        ("0217654321", "Ini bukan nomor HP Indonesia."),
    ],
)
def test_a_number_that_is_none_is_explained_beside_its_field(here: Storefront, typed: str, said: str) -> None:
    answer = here.send(destination=typed)
    assert answer.status_code == 422
    page = text_of(answer)
    assert f'<a href="#destination">{said}' in page
    assert 'aria-invalid="true"' in page
    assert f'value="{typed}"' in page
    assert here.orders() == 0


def test_what_was_chosen_stays_chosen(here: Storefront) -> None:
    page = text_of(here.send(destination="0812345678", sku="TSEL10", gateway="balance"))
    assert 'value="TSEL10" data-price="Rp11.000" data-nominal="10.000" checked' in page


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("sku", "", "Pilih nominalnya dulu."),
        ("sku", "NONE", "Produk ini tidak ada di toko ini."),
        ("gateway", "", "Pilih cara bayar yang ada di sini."),
        ("gateway", "balance", "Pilih cara bayar yang ada di sini."),
        ("gateway", "gold", "Pilih cara bayar yang ada di sini."),
        ("token", "", "Formulir ini tidak dikenali."),
        ("token", "1.abc.2:forged", "Formulir ini tidak dikenali."),
    ],
)
def test_a_field_that_cannot_be_used_says_so(here: Storefront, field: str, value: str, said: str) -> None:
    answer = here.send(**{field: value})
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert here.orders() == 0


def test_a_token_of_another_shop_is_none(here: Storefront) -> None:
    answer = here.send(token=form_tokens.make(factories.dealer().pk))
    assert answer.status_code == 422
    assert here.orders() == 0


def test_a_product_of_another_shop_is_none(here: Storefront) -> None:
    other = factories.dealer()
    factories.product(other, factories.supplier(other), sku="TSEL99")
    answer = here.send(sku="TSEL99")
    assert answer.status_code == 422
    assert here.orders() == 0


HOSTILE = [
    "\x00",
    "0812\x003456",
    "9" * 5000,
    "Ω" * 300,
    "'; DROP TABLE orders; --",
    "<script>alert(1)</script>",
    "\ud7ff\ufffe",
    "-1",
    "٠٨١٢",
    "{}",
    " ",
]


@pytest.mark.parametrize(
    "name",
    ["destination", "sku", "gateway", "token", "brand", "again", "confirm", "jenis", "look", "grid", "price.TSEL10"],
)
@pytest.mark.parametrize("value", HOSTILE)
def test_nothing_that_is_sent_breaks_the_form(here: Storefront, name: str, value: str) -> None:
    answer = here.send(**{name: value})
    assert answer.status_code in {200, 303, 409, 422}
    assert b"<script>alert" not in answer.content


def test_bytes_that_are_no_text_are_refused_politely(here: Storefront) -> None:
    body = b"destination=%ff%fe&sku=%80&gateway=cash&token=%c3%28"
    answer = here.browser.post(here.address, body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 422


def test_an_empty_form_is_the_first_of_two_steps(here: Storefront) -> None:
    assert here.browser.post(here.address, {}).status_code == 200


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_not_allowed(here: Storefront, method: str) -> None:
    assert getattr(here.browser, method)(here.address).status_code == 405


def test_an_unknown_shop_is_not_found(here: Storefront) -> None:
    assert here.browser.get("/k/nobody/").status_code == 404
    assert here.browser.post("/k/nobody/", here.filled()).status_code == 404


def test_a_page_of_two_days_ago_asks_with_todays_price(here: Storefront) -> None:
    answer = here.send(token=here.token(age=timedelta(days=2)))
    assert answer.status_code == 409
    assert "Harga Telkomsel 10000 sekarang Rp11.000" in text_of(answer)
    assert here.orders() == 0
    assert here.sends_again(answer).status_code == 303
