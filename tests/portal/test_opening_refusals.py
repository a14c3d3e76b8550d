"""What is refused when a dealer is opened, in a sentence, and with nothing left behind."""

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.urls import URLPattern, URLResolver, get_resolver

from dealers.models import Dealer, Partner, User
from portal import opening
from portal.lib import tenancy
from portal.opening import open_dealer
from tests import factories
from tests.portal.openings import OPERATOR, opened, shop
from transactions import ledger

pytestmark = pytest.mark.django_db


def _refused(kind: type[opening.Refused], **changes: Any) -> str:
    """The sentence; nobody and nothing was made."""
    before = (Dealer.objects.count(), User.objects.count())
    with pytest.raises(kind) as refusal:
        open_dealer(shop(**changes))
    assert (Dealer.objects.count(), User.objects.count()) == before
    sentence = str(refusal.value)
    assert sentence.endswith(".")
    return sentence


@pytest.mark.parametrize(
    "slug", ["", "ab", "Toko", "toko baru", "toko_baru", "-toko", "toko-", "to--ko", "é" * 5, "a" * 36]
)
def test_a_slug_that_cannot_stand_in_an_address(slug: str) -> None:
    assert "lower-case letters" in _refused(opening.BadSlug, slug=slug)


def test_a_slug_that_is_one_of_the_portals_words() -> None:
    assert "'admin'" in _refused(opening.ReservedSlug, slug="admin")


def test_every_first_word_of_the_portals_addresses_is_reserved() -> None:
    first = {str(entry.pattern).lstrip("^").partition("/")[0] for entry in _entries(get_resolver().url_patterns)}
    words = {word for word in first if opening._SLUG.fullmatch(word) and len(word) >= opening._SHORTEST}
    assert {"desk", "akun", "admin"} <= words
    assert words <= opening.RESERVED


def _entries(patterns: list[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    """The addresses, those of an app that is included at the root among them."""
    found: list[URLPattern | URLResolver] = []
    for entry in patterns:
        if isinstance(entry, URLResolver) and not str(entry.pattern):
            found += _entries(entry.url_patterns)
        else:
            found.append(entry)
    return found


def test_a_slug_that_another_dealer_has() -> None:
    opened()
    sentence = _refused(opening.SlugTaken, owner="lain@toko-baru.test")
    assert "Toko Baru has it, and lain@toko-baru.test is not its owner" in sentence


def test_the_operators_slug_for_a_shop_of_the_same_owner() -> None:
    open_dealer(OPERATOR)
    assert "is the operator" in _refused(opening.SlugTaken, slug=OPERATOR.slug, owner=OPERATOR.owner)


def test_a_slug_whose_stock_account_another_partner_has() -> None:
    open_dealer(OPERATOR)
    other = factories.dealer()
    with tenancy.inside(other.pk):
        Partner.objects.create(dealer=other, username="toko-baru-stok", name="Sistem luar")
    assert "'toko-baru-stok'" in _refused(opening.SlugTaken)


@pytest.mark.parametrize(
    "owner", ["", "siti", "siti@", "siti@toko baru.test", f"{'s' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 63}.test"]
)
def test_an_owner_that_is_no_address(owner: str) -> None:
    open_dealer(OPERATOR)
    _refused(opening.BadEmail, owner=owner)


def test_an_owner_whose_account_is_switched_off() -> None:
    open_dealer(OPERATOR)
    factories.user("siti@toko-baru.test", is_active=False)
    assert "siti@toko-baru.test is switched off" in _refused(opening.OwnerSwitchedOff)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "  "),
        ("name", "a" * 81),
        ("name", "Toko\nBaru"),
        ("regency", "Kota\u202eBandung"),
        ("address", "j" * 201),
        ("phone", "022-4200000"),
        ("time_zone", "Europe/Berlin"),
        ("colour", "green"),
    ],
)
def test_a_detail_that_cannot_be_stored(field: str, value: str) -> None:
    open_dealer(OPERATOR)
    sentence = _refused(opening.BadDetail, **{field: value})
    assert sentence.startswith("brand_colour" if field == "colour" else field)


def test_stock_to_sell_where_nobody_operates_the_portal() -> None:
    assert "no operator yet" in _refused(opening.NoOperator)


def test_a_second_operator() -> None:
    open_dealer(OPERATOR)
    sentence = _refused(opening.OperatorExists, is_zero=True, buys_stock=False)
    assert "pusat (Pusat)" in sentence


def test_an_operator_that_would_buy_its_own_stock() -> None:
    _refused(opening.OperatorBuysNoStock, is_zero=True, buys_stock=True)


def test_a_failure_half_way_leaves_nothing_of_the_dealer(monkeypatch: pytest.MonkeyPatch) -> None:
    open_dealer(OPERATOR)

    def broken(*_: object) -> int:
        raise ImproperlyConfigured("half way")

    monkeypatch.setattr(ledger, "account_id", broken)
    with pytest.raises(ImproperlyConfigured):
        open_dealer(shop())
    assert not Dealer.objects.filter(slug="toko-baru").exists()
    assert not User.objects.filter(email="siti@toko-baru.test").exists()
