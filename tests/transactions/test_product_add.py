"""A product by hand: described in full, under a code of its own, and its route is the next step."""

import pytest
from django.urls import reverse

from portal.lib import tenancy
from tests.transactions import catalogue_rig as rig
from tests.transactions.desk_rig import Desk, desk
from transactions.models import Brand, Product

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Desk:
    return desk()


def form(**fields: str) -> dict[str, str]:
    brand = str(Brand.objects.get(code="XL").pk)
    return {"kind": "pulsa", "brand": brand, "name": "XL 25.000", "nominal": "25.000", "sku": "xl25", **fields}


def count(here: Desk) -> int:
    with tenancy.inside(here.shop.dealer.pk):
        return Product.objects.count()


def test_it_is_kept_under_an_upper_case_code_and_its_route_comes_next(here: Desk) -> None:
    answer = rig.send(here.as_(), "product_add", **form())
    assert answer["Location"] == reverse("desk:route_add", args=["XL25"])
    made = rig.product(here, "XL25")
    assert (made.name, made.kind, made.brand.code, made.nominal) == ("XL 25.000", "pulsa", "XL", 25_000)


def test_a_data_package_needs_no_face_value(here: Desk) -> None:
    rig.send(here.as_(), "product_add", **form(kind="data", nominal="", sku="XLGB5"))
    assert rig.product(here, "XLGB5").nominal == 0


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"nominal": ""}, "Tulis nominalnya"),
        ({"sku": "tsel10"}, "sudah dipakai produk lain"),
        ({"sku": "a b"}, "huruf, angka dan tanda hubung"),
        ({"sku": "a/b"}, "huruf, angka dan tanda hubung"),
    ],
)
def test_what_is_missing_or_taken_is_said(here: Desk, fields: dict[str, str], words: str) -> None:
    assert words in rig.text(rig.send(here.as_(), "product_add", **form(**fields)))
    assert count(here) == 1


def test_a_new_product_is_not_on_sale_before_it_has_a_route(here: Desk) -> None:
    rig.send(here.as_(), "product_add", **form())
    assert "Tanpa jalur" in rig.text(here.as_().get(reverse("desk:products"), {"brand": "XL"}))
