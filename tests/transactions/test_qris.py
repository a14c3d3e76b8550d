"""Reading a dealer's static QRIS: what is right with it, and one clear sentence for everything that is not."""

import pytest
import qriskit
from qriskit.crc import crc16

from tests import factories
from transactions.gateways import qris
from transactions.gateways.qris import BadQris


def resealed(payload: str, **tags: str) -> str:
    """The same code with other values and a CRC that fits."""
    found = qriskit.parse(payload)
    for tag, value in tags.items():
        found = found.with_tag(tag.removeprefix("t"), value)
    return found.dumps()


def fault(payload: str) -> str:
    with pytest.raises(BadQris) as refused:
        qris.read(payload)
    return str(refused.value.sentence)


def test_the_checksum_is_that_of_the_standard() -> None:
    assert crc16("123456789") == "29B1"


def test_a_good_code_says_who_is_paid() -> None:
    found = qris.read(f"  {factories.sticker('TOKO UJI')}\n")
    assert (found.merchant_name, found.nmid, found.city) == ("TOKO UJI", "ID1020260000001", "BANDUNG")
    assert found.payload == factories.sticker("TOKO UJI")


@pytest.mark.parametrize("text", ["", "bukan qris", "000201", "0002010102", "A" * 600, "00020101021", "\x00\x01"])
def test_nonsense_is_no_qris(text: str) -> None:
    assert fault(text)


def test_one_changed_letter_is_found_by_the_checksum() -> None:
    assert "Angka pemeriksa tidak cocok" in fault(factories.sticker("TOKO UJI").replace("UJI", "UJ1"))


def test_a_code_that_is_cut_off_is_said_to_be() -> None:
    whole = factories.sticker()
    assert "terpotong" in fault(whole[:-8])


@pytest.mark.parametrize(
    "tip", [qriskit.Tip.prompt(), qriskit.Tip.fixed(1_000), qriskit.Tip.percent("0.7")], ids=["tip", "fixed", "percent"]
)
def test_a_surcharge_is_refused_and_the_rule_is_named(tip: qriskit.Tip) -> None:
    sentence = fault(factories.sticker(tip=tip))
    assert "Tanpa biaya tambahan" in sentence
    assert "23/6/PBI/2021 pasal 52" in sentence


@pytest.mark.parametrize("tag", ["55", "56", "57"])
def test_even_half_a_surcharge_is_refused(tag: str) -> None:
    assert "Tanpa biaya tambahan" in fault(resealed(factories.sticker(), **{f"t{tag}": "02"}))


def test_a_code_for_one_payment_is_no_sticker() -> None:
    assert "sekali pakai" in fault(factories.sticker(amount=10_000))


@pytest.mark.parametrize(
    ("tag", "value", "word"), [("53", "840", "rupiah"), ("58", "SG", "Indonesia"), ("01", "13", "tag 01")]
)
def test_another_currency_country_or_kind_is_refused(tag: str, value: str, word: str) -> None:
    assert word in fault(resealed(factories.sticker(), **{f"t{tag}": value}))


@pytest.mark.parametrize("tag", ["52", "58", "59", "60"])
def test_what_is_missing_is_named(tag: str) -> None:
    assert f"tag {tag}" in fault(qriskit.parse(factories.sticker()).without_tag(tag).dumps())


def test_without_an_nmid_nobody_can_compare_the_payee() -> None:
    assert "NMID" in fault(qriskit.parse(factories.sticker()).without_tag("51").dumps())


def test_a_code_without_room_for_an_order_is_refused_at_once() -> None:
    full = factories.sticker(additional_data={f"0{n}": "X" * 25 for n in (1, 2, 3)})
    assert "terlalu penuh" in fault(full)


def test_a_code_for_an_order_asks_for_the_sum_and_carries_the_payment_code() -> None:
    code = qriskit.parse(qris.for_order(factories.sticker(), amount=11_000, reference="7F3K2P9QXW4-1"))
    assert (code.get("01"), code.get("54"), code.get("62.05")) == ("12", "11000", "7F3K2P9QXW4-1")
    assert (code.get("55"), code.get("56"), code.get("57")) == (None, None, None)
    assert [node.tag for node in code.nodes] == sorted(node.tag for node in code.nodes)
    assert not [issue for issue in qriskit.validate(code.dumps()) if issue.severity == "error"]
    assert (code.merchant_name, code.nmid) == ("TOKO UJI", "ID1020260000001")


def test_what_else_a_sticker_says_stays() -> None:
    sticker = factories.sticker(additional_data={"07": "A01"})
    code = qriskit.parse(qris.for_order(sticker, amount=5_000, reference="X-1"))
    assert (code.get("62.07"), code.get("62.05")) == ("A01", "X-1")
