"""Somebody who works at two dealers chooses whose desk is open."""

import pytest
from django.urls import reverse

from dealers.models import Membership, Role
from portal.lib import tenancy
from tests import factories
from tests.transactions.desk_rig import desk

pytestmark = pytest.mark.django_db


def test_the_desk_changes_to_the_other_dealer() -> None:
    first, second = desk(slug="toko-pagi"), desk(slug="toko-sore")
    somebody = first.person(Role.OWNER)
    with tenancy.inside(second.shop.dealer.pk):
        Membership.objects.create(dealer=second.shop.dealer, user=somebody, role=Role.CASHIER)
    browser = first.as_()
    answer = browser.post(reverse("desk:switch"), {"dealer": "toko-sore"}, follow=True)
    assert answer.context["dealer"] == second.shop.dealer
    assert browser.get(reverse("desk:rules")).status_code == 403


def test_a_dealer_where_one_does_not_work_is_not_opened() -> None:
    here, elsewhere = desk(), factories.dealer()
    answer = here.as_().post(reverse("desk:switch"), {"dealer": elsewhere.slug}, follow=True)
    assert answer.context["dealer"] == here.shop.dealer
