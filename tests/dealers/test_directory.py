"""The directory: every dealer, found by name or regency, whether open or not."""

import pytest
from django.test import Client

from dealers.models import Dealer

pytestmark = pytest.mark.django_db


def _page(client: Client, address: str = "/") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def _dealer(slug: str, **fields: object) -> None:
    Dealer.objects.create(**{"slug": slug, "name": slug.replace("-", " ").title(), **fields})


def test_every_dealer_is_listed_with_its_place_and_its_shop(client: Client) -> None:
    _dealer("berkah-cell", regency="Kota Bandung")
    page = _page(client)
    assert "Berkah Cell" in page
    assert "Kota Bandung" in page
    assert 'href="/k/berkah-cell/"' in page


def test_a_closed_dealer_says_so_and_why(client: Client) -> None:
    _dealer("sinar-pulsa", is_open=False, closed_note="buka lagi Senin")
    page = _page(client)
    assert "Tutup" in page
    assert "buka lagi Senin" in page


def test_each_word_of_a_search_narrows_by_name_or_regency(client: Client) -> None:
    _dealer("berkah-cell", regency="Kota Bandung")
    _dealer("berkah-jaya", regency="Kota Makassar")
    _dealer("timur-jaya", regency="Kota Jayapura")
    page = _page(client, "/?q=berkah+MAKASSAR")
    assert "Berkah Jaya" in page
    assert "Berkah Cell" not in page
    assert "Timur Jaya" not in page


def test_a_search_that_finds_nothing_says_what_to_try(client: Client) -> None:
    _dealer("berkah-cell")
    page = _page(client, "/?q=%3Cscript%3E")
    assert "Tidak ada konter" in page
    assert "<script>" not in page


def test_an_empty_portal_says_so(client: Client) -> None:
    assert "Belum ada konter di sini." in _page(client)


def test_more_than_a_page_of_dealers_is_paged_and_the_search_is_kept(client: Client) -> None:
    for n in range(30):
        _dealer(f"toko-{n:02}")
    first = _page(client, "/?q=toko")
    assert "Toko 23" in first
    assert "Toko 24" not in first
    assert "q=toko&amp;page=2" in first
    assert "Toko 24" in _page(client, "/?q=toko&page=2")
    assert "Toko 24" in _page(client, "/?page=999")


def test_a_page_costs_two_queries_however_many_dealers(
    client: Client, django_assert_num_queries: "pytest.FixtureRequest"
) -> None:
    for n in range(30):
        _dealer(f"toko-{n:02}")
    with django_assert_num_queries(2):  # type: ignore[operator]
        _page(client)
