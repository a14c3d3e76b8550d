"""A reference stands for one booking: the same again is the one that stands, another is refused."""

import pytest

from portal.lib import tenancy
from tests import factories
from tests.transactions.elsewhere import meanwhile
from transactions import accounts, ledger, postings_business
from transactions.models import Transfer

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_same_booking_at_the_same_moment_is_one_transfer() -> None:
    shop = factories.shop()
    wallet = accounts.customer_wallet(shop.customer.pk)

    def withdraw(reference: str = "w1") -> int:
        return postings_business.ask_withdrawal(shop.dealer.pk, wallet=wallet, amount=1_000, reference=reference)

    with tenancy.inside(shop.dealer.pk):
        withdraw("w0")
    first, second = meanwhile(shop.dealer.pk, withdraw, withdraw)
    assert first == second
    assert shop.balance() == 998_000


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
