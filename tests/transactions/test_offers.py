"""A price list in our words: brands by name or code, kinds, face values out of names, codes of our own."""

import pytest

from tests.factories import offer
from transactions import offers
from transactions.models import Kind

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("brand", "code"),
    [("TELKOMSEL", "TSEL"), ("tsel", "TSEL"), ("by.U", "BYU"), ("BYU", "BYU"), ("SMARTFREN", "SMART"), ("XL", "XL")],
)
def test_a_brand_is_known_by_its_name_or_code(brand: str, code: str) -> None:
    (line,) = offers.read([offer(brand=brand)])
    assert line.brand is not None
    assert line.brand.code == code


def test_an_unknown_brand_is_left_open() -> None:
    (line,) = offers.read([offer(brand="Telkomsell")])
    assert (line.brand, line.brand_name) == (None, "Telkomsell")


@pytest.mark.parametrize(
    ("category", "kind"),
    [("Pulsa", Kind.PULSA), ("Data", Kind.DATA), ("PLN", Kind.PLN), ("E-Money", None), ("Games", None)],
)
def test_only_what_can_be_sold_here_has_a_kind(category: str, kind: Kind | None) -> None:
    assert offers.read([offer(category=category)])[0].kind == kind


@pytest.mark.parametrize(
    ("name", "nominal"),
    [
        ("Telkomsel 10.000", 10_000),
        ("Telkomsel 10000", 10_000),
        ("Three 1.000.000", 1_000_000),
        ("Pulsa Indosat 12rb", 12_000),
        ("Pulsa Indosat 12 Ribu", 12_000),
        ("XL 5,000", 5_000),
        ("Im3 Promo", 0),
        ("Axis 4G 30 hari", 0),
    ],
)
def test_the_face_value_is_read_from_the_name(name: str, nominal: int) -> None:
    assert offers.read([offer(name=name)])[0].nominal == nominal


def test_a_package_has_no_face_value() -> None:
    assert offers.read([offer(name="Telkomsel Data 25.000", category="Data")])[0].nominal == 0


def test_a_supplier_that_says_the_face_value_is_believed() -> None:
    assert offers.read([offer(name="Hemat", nominal=25_000)])[0].nominal == 25_000


@pytest.mark.parametrize(
    ("fields", "taken", "sku"),
    [
        ({"name": "Telkomsel 25.000"}, set(), "TSEL25"),
        ({"name": "Telkomsel 25.000"}, {"TSEL25"}, "TSEL25-2"),
        ({"name": "Telkomsel 25.000"}, {"TSEL25", "TSEL25-2"}, "TSEL25-3"),
        ({"name": "Telkomsel 1.500"}, set(), "TSEL1500"),
        ({"name": "Telkomsel Data 1,5 GB 7 Hari", "category": "Data"}, set(), "TSELGB15"),
        ({"name": "Telkomsel Data 5 GB 7 Hari", "category": "Data"}, {"TSELGB5"}, "TSELGB5D7"),
        ({"name": "Hemat", "sku": "x_9.a", "category": "Data"}, set(), "X-9-A"),
        ({"name": "Hemat", "sku": "…", "category": "Data"}, set(), "X"),
    ],
)
def test_a_code_is_suggested_that_is_free(fields: dict[str, str], taken: set[str], sku: str) -> None:
    (line,) = offers.read([offer(**{"sku": "s", **fields})])
    assert offers.suggest_sku(line, taken) == sku


def test_the_list_is_read_by_brand_kind_and_face_value() -> None:
    names = ["Telkomsel Data 1 GB", "XL 5.000", "Telkomsel 25.000", "Telkomsel 5.000"]
    rows = [
        offer(sku=str(n), name=name, brand=name.split()[0], category="Data" if "GB" in name else "Pulsa")
        for n, name in enumerate(names)
    ]
    found = [line.offer.name for line in offers.read(rows)]
    assert found == ["Telkomsel 5.000", "Telkomsel 25.000", "Telkomsel Data 1 GB", "XL 5.000"]
