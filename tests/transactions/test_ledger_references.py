"""A reference stands for one booking: the same again is the one that stands, another is refused."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from portal.lib import tenancy
from tests import factories
from transactions import accounts, ledger, postings_business
from transactions.models import Transfer

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_same_booking_at_the_same_moment_is_one_transfer() -> None:
    shop = factories.shop()
    wallet, gate = accounts.customer_wallet(shop.customer.pk), threading.Barrier(8, timeout=30)

    def withdraw(_number: int) -> int:
        try:
            connections["default"].ensure_connection()
            gate.wait()
            with tenancy.inside(shop.dealer.pk):
                return postings_business.ask_withdrawal(shop.dealer.pk, wallet=wallet, amount=1_000, reference="w1")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(withdraw, range(8)))
    assert len(ids) == 1
    assert shop.balance() == 999_000


@pytest.mark.parametrize("other", [{"amount": 2_000}, {"wallet": "customer:0"}])
def test_another_booking_under_the_reference_is_refused(other: dict[str, int | str]) -> None:
    shop = factories.shop()
    wallet = accounts.customer_wallet(shop.customer.pk)
    with tenancy.inside(shop.dealer.pk):
        postings_business.ask_withdrawal(shop.dealer.pk, wallet=wallet, amount=1_000, reference="w1")
        with pytest.raises(ledger.ReferenceReused):
            postings_business.ask_withdrawal(
                shop.dealer.pk,
                wallet=accounts.wallet(str(other.get("wallet", wallet.key))),
                amount=int(other.get("amount", 1_000)),
                reference="w1",
            )
        assert Transfer.objects.filter(reference="withdrawal:w1").count() == 1
