"""Reading a sticker from a photo: turned, on a coloured ground, compressed; and files that are no photo of one."""

import io

import pytest
import segno
from PIL import Image

from tests import factories
from transactions.gateways import sticker
from transactions.gateways.qris import BadQris


def drawn(text: str, *, scale: int = 8) -> Image.Image:
    data = io.BytesIO()
    segno.make(text, error="m", micro=False).save(data, kind="png", scale=scale, border=4)
    return Image.open(data).convert("RGB")


def photo(*codes: str, size: tuple[int, int] = (1_500, 1_500), kind: str = "JPEG") -> bytes:
    """A picture with codes on a red ground, a little turned."""
    picture = Image.new("RGB", size, (170, 40, 40))
    for number, text in enumerate(codes):
        picture.paste(drawn(text).rotate(6, expand=True, fillcolor=(170, 40, 40)), (100, 100 + 650 * number))
    return saved(picture, kind)


def saved(picture: Image.Image, kind: str) -> bytes:
    data = io.BytesIO()
    picture.save(data, kind)
    return data.getvalue()


def read(data: bytes) -> str:
    return sticker.scan(io.BytesIO(data), size=len(data))


def fault(data: bytes) -> str:
    with pytest.raises(BadQris) as refused:
        read(data)
    return str(refused.value.sentence)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_read(kind: str) -> None:
    assert read(photo(factories.sticker(), kind=kind)) == factories.sticker()


def test_a_small_code_on_a_large_photo_is_read() -> None:
    assert read(photo(factories.sticker(), size=(4_000, 3_000))) == factories.sticker()


def test_a_code_on_nothing_is_read() -> None:
    bare = drawn(factories.sticker()).convert("RGBA")
    bare.putalpha(bare.convert("L").point(lambda light: 255 - light))
    assert read(saved(bare, "PNG")) == factories.sticker()


def test_a_changed_code_is_given_as_it_stands_there() -> None:
    """Whether it is right is for `qris.read` to say: nothing is mended on the way."""
    wrong = factories.sticker()[:-4] + "0000"
    assert read(photo(wrong)) == wrong


def test_a_photo_without_a_code_is_said_to_have_none() -> None:
    assert "Tidak ada kode QR" in fault(photo())


def test_another_qr_code_is_no_qris() -> None:
    assert "bukan QRIS" in fault(photo("https://contoh.test/menu"))


def test_two_stickers_on_one_photo_are_not_guessed_about() -> None:
    assert "lebih dari satu" in fault(photo(factories.sticker("TOKO A"), factories.sticker("TOKO B")))


@pytest.mark.parametrize("data", [b"", b"GIF89a" + b"\0" * 50, b"%PDF-1.4", b"<svg/>", b"\x89PNG"])
def test_other_files_are_refused_by_their_first_bytes(data: bytes) -> None:
    assert "JPEG, PNG atau WebP" in fault(data)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_broken_photo_is_said_to_be_broken(kind: str) -> None:
    whole = photo(factories.sticker(), kind=kind)
    assert "rusak" in fault(whole[: len(whole) // 3])


def test_too_many_bytes_are_not_even_read() -> None:
    with pytest.raises(BadQris, match="8 MB"):
        sticker.scan(io.BytesIO(b""), size=sticker.LARGEST_BYTES + 1)


def test_a_small_file_that_unfolds_to_a_huge_picture_is_refused() -> None:
    assert "terlalu besar" in fault(saved(Image.new("1", (20_000, 4_000)), "PNG"))
