"""A guest's refund is handed out once, in cash or by a bank transfer that has a number."""

import pytest
from django.urls import reverse

from dealers.models import Role
from portal.lib import tenancy
from tests.transactions.desk_rig import NO, Desk, desk
from transactions import accounts, ledger
from transactions.models import Refund, RefundState

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Desk:
    return desk()


def due(here: Desk) -> Refund:
    here.sent(here.paid_by_guest(), NO)
    return now(here)


def now(here: Desk) -> Refund:
    with tenancy.inside(here.shop.dealer.pk):
        return Refund.objects.select_related("order").get()


def test_cash_is_handed_out_once(here: Desk) -> None:
    address = reverse("desk:refund", args=[due(here).pk])
    for _tap in range(2):
        here.as_(Role.CASHIER).post(address, {"way": "cash", "sure": "on"})
    assert (now(here).state, now(here).paid_by) == (RefundState.DONE, here.person(Role.CASHIER))
    with tenancy.inside(here.shop.dealer.pk):
        assert ledger.balance(here.shop.dealer.pk, accounts.cash("counter")) == 0


def test_a_bank_transfer_needs_its_number(here: Desk) -> None:
    address = reverse("desk:refund", args=[due(here).pk])
    here.as_().post(address, {"way": "bank", "sure": "on"})
    assert now(here).state == RefundState.DUE
    here.as_().post(address, {"way": "bank", "sure": "on", "reference": "TRX-1"})
    assert (now(here).state, now(here).reference) == (RefundState.DONE, "TRX-1")


def test_without_the_tick_nothing_is_paid(here: Desk) -> None:
    here.as_().post(reverse("desk:refund", args=[due(here).pk]), {"way": "cash"})
    assert now(here).state == RefundState.DUE


def test_customer_service_pays_nothing(here: Desk) -> None:
    address = reverse("desk:refund", args=[due(here).pk])
    assert here.as_(Role.CS).post(address, {"way": "cash", "sure": "on"}).status_code == 403
