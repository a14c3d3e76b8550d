"""A receipt: the same facts on paper, in bytes, as a picture and in a message, and a code that verifies it."""

import re
from io import BytesIO
from urllib.parse import unquote

import pytest
from PIL import Image

from portal.lib import tenancy
from tests.transactions import served
from tests.transactions.storefront_rig import NO, YES, Storefront, storefront
from transactions.models import Kind, Order, Product, Proof
from transactions.slips import content, escpos
from transactions.slips.content import Slip
from transactions.suppliers.base import Outcome, Reason, Verdict

pytestmark = pytest.mark.django_db

TOKEN = Verdict(
    outcome=Outcome.SUCCEEDED,
    rc="00",
    reason=Reason.NONE,
    sn="1179-5511-5234-8406-1543/BUDI SANTOSO/R1/1300VA/13,3",
    raw="{}",
)


@pytest.fixture
def here() -> Storefront:
    return storefront(address="Jl. Cihampelas 12, Bandung", phone="+622242000000")


@pytest.fixture
def order(here: Storefront) -> Order:
    """The customer's, delivered."""
    return served.serve(here)[0]


def _slip(here: Storefront, order: Order, *, masked: bool = False) -> Slip:
    with tenancy.inside(here.shop.dealer.pk):
        slip = content.of(here.shop.dealer, order, masked=masked)
    assert slip is not None
    return slip


def _token(here: Storefront) -> Order:
    with tenancy.inside(here.shop.dealer.pk):
        Product.objects.update(kind=Kind.PLN, name="Token PLN 10.000")
    return served.serve(here, verdict=TOKEN)[0]


def test_the_message_masks_the_number_and_links_to_the_verify_page(here: Storefront, order: Order) -> None:
    slip = _slip(here, order)
    assert slip.share.startswith("https://wa.me/?text=")
    message = unquote(slip.share.partition("text=")[2])
    plain = order.destination.replace("+62", "0")
    assert re.fullmatch(
        rf"Pulsa Telkomsel 10\.000 ke {plain[:4]}-••••-{plain[-3:]} BERHASIL \d\d/\d\d/\d\d \d\d\.\d\d\. "
        rf"SN 0031…7129\. Cek: http\S+/v/{slip.code}",
        message,
    )
    assert order.secret not in message


def test_the_message_of_a_token_carries_the_whole_token_in_fours(here: Storefront) -> None:
    assert "Token 1179 5511 5234 8406 1543." in _slip(here, _token(here)).message


def test_a_token_is_shown_in_fours_without_what_the_supplier_wrote_around_it(here: Storefront) -> None:
    slip = _slip(here, _token(here))
    assert slip.serial == "1179 5511 5234 8406 1543"
    assert slip.serial_note == "BUDI SANTOSO · R1 · 1300VA · 13,3"


def test_the_verify_code_is_made_once(here: Storefront, order: Order) -> None:
    assert _slip(here, order).code == _slip(here, order, masked=True).code
    with tenancy.inside(here.shop.dealer.pk):
        assert len(Proof.objects.get().code) == 20


def test_an_order_that_did_not_arrive_has_no_receipt_and_no_code(here: Storefront) -> None:
    failed = served.serve(here, verdict=NO)[0]
    answer = here.browser.get(here.link(failed, "struk/"))
    assert (answer.status_code, answer["Location"]) == (302, here.link(failed))
    with tenancy.inside(here.shop.dealer.pk):
        assert not Proof.objects.exists()


def test_the_paper_masks_the_number_only_when_asked(here: Storefront, order: Order) -> None:
    plain = order.destination.replace("+62", "0")
    assert plain[4:8] in here.page(order, "struk/")
    answer = here.browser.get(f"{here.link(order, 'struk/')}&samar=1").content.decode()
    assert plain[4:8] not in answer
    assert f"{plain[:4]}-••••-{plain[-3:]}" in answer


def test_the_paper_does_not_print_the_secret_link(here: Storefront, order: Order) -> None:
    page = here.page(order, "struk/")
    assert order.secret not in page[page.index('<main class="slip">') :]


def test_no_line_for_the_printer_is_wider_than_32_columns(here: Storefront, order: Order) -> None:
    raw = here.browser.get(here.link(order, "struk.bin")).content
    shown = re.sub(rb"\x1d\(k.{2}\x31\x50\x30[^\x1d]*|\x1d\(k\x04.{5}|\x1d\(k\x03.{4}|\x1b[aE].|\x1d!.|\x1b@", b"", raw)
    lines = shown.decode("ascii").split("\n")
    assert max(map(len, lines)) == escpos.COLUMNS
    assert "Harga                   Rp11.000" in lines
    assert any("Cihampelas" in line for line in lines)


def test_the_printer_gets_the_verify_address_as_a_qr_code(here: Storefront, order: Order) -> None:
    slip = _slip(here, order)
    raw = escpos.encode(slip)
    stored = slip.address.encode()
    size = len(stored) + 3
    assert b"\x1d(k" + bytes((size % 256, size // 256)) + b"\x31\x50\x30" + stored in raw
    assert raw.startswith(b"\x1b@")


def test_the_picture_is_a_png_and_is_never_kept(here: Storefront, order: Order) -> None:
    answer = here.browser.get(here.link(order, "struk.png"))
    assert answer["Content-Type"] == "image/png"
    assert answer["Cache-Control"] == "no-store"
    picture = Image.open(BytesIO(answer.content))
    assert picture.size[0] == 720
    assert len(answer.content) < 60_000


def test_money_that_went_back_stands_on_the_receipt(here: Storefront, order: Order) -> None:
    with tenancy.inside(here.shop.dealer.pk):
        order.refunds.create(dealer=here.shop.dealer, number=1, amount=4_000)
        order.refunds.create(dealer=here.shop.dealer, number=2, amount=900, is_goodwill=True)
    assert ("Dikembalikan", "Rp4.000") in _slip(here, order).facts


def test_the_order_page_offers_everything_after_delivery_and_nothing_before(here: Storefront, order: Order) -> None:
    page = here.page(order)
    for offered in ("wa.me", "struk/", "struk.png", "Salin SN", "Isi lagi", "Cek keaslian"):
        assert offered in page
    waiting = here.shop.buy()
    here.is_sent(waiting)
    assert "wa.me" not in here.page(waiting)
    assert YES.sn not in here.page(waiting)
