"""The page for developers in a browser: signatures are the contract's, and no key that is typed leaves the page."""

import hashlib
import hmac

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import Visitor, judged

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
GUIDE = "/k/berkah-cell/mitra/pengembang/"
VECTOR = "v1=04d4933d8c074601341115ef610620d632cc588920f23a00838ee95a966f6bff"


def test_the_contracts_vector_is_the_example_and_nothing_typed_is_sent(visitor: Visitor) -> None:
    page = visitor.page
    page.goto(GUIDE)
    expect(page.locator("[data-sign]")).to_have_text(VECTOR)
    page.wait_for_load_state("networkidle")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    page.get_by_role("textbox", name="Kunci", exact=True).fill("kunci-é-saya")
    page.get_by_label("Isi, byte demi byte").fill('{"a":1}')
    message = '1763949600.POST./api/v1/orders/.{"a":1}'
    expected = hmac.new("kunci-é-saya".encode(), message.encode(), hashlib.sha256).hexdigest()
    expect(page.locator("[data-sign]")).to_have_text(f"v1={expected}")
    expect(page.locator("[data-message]")).to_have_text(message)
    page.get_by_role("textbox", name="Kunci", exact=True).press("Enter")
    page.get_by_label("Kunci uji coba Anda, untuk contoh di bawah").fill("kt_test_rahasia")
    expect(page.locator("#sample-1")).to_contain_text('KEY="kt_test_rahasia"')
    page.wait_for_load_state("networkidle")
    assert sent == []
    assert page.url.endswith(GUIDE)


def test_the_digiflazz_calculator_makes_the_md5_that_we_check(visitor: Visitor) -> None:
    page = visitor.page
    page.goto(f"{GUIDE}?dialek=digiflazz")
    for salt in ("depo", "", "a" * 55, "b" * 56, "c" * 64, "é" * 40, "ref-" + "9" * 300):
        page.get_by_label("X", exact=True).fill(salt)
        expected = hashlib.md5(f"mitra-demomitra-demo-key{salt}".encode(), usedforsecurity=False).hexdigest()
        expect(page.locator("[data-sign]")).to_have_text(expected)


def test_without_a_script_the_page_reads_well_and_has_no_calculator(scriptless: Visitor) -> None:
    page = scriptless.page
    page.goto(GUIDE)
    expect(page.get_by_text("Kalkulator perlu JavaScript di browser.")).to_be_visible()
    expect(page.locator("[data-calculator]")).to_be_hidden()
    page.get_by_role("link", name="API pembeli Digiflazz").click()
    expect(page.locator("#sample-1")).to_contain_text("/h2h/digiflazz/v1/transaction")


def test_both_dialects_and_the_reference_are_for_everybody(visitor: Visitor) -> None:
    for address in (GUIDE, f"{GUIDE}?dialek=digiflazz", "/api/v1/docs/"):
        visitor.page.goto(address)
        assert judged(visitor.page) == {}, address
