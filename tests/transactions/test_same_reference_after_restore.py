"""What was sent after a backup is sent under the same reference again after its restore: the supplier sees one sale."""

import pytest
from django.db import transaction

from portal.lib import tenancy
from tests import factories
from transactions import fulfilment, states
from transactions.models import Order

pytestmark = pytest.mark.django_db(transaction=True)


class Forgotten(Exception):
    """The time between the backup and the disaster."""


def _call(shop: factories.Shop, order: Order) -> fulfilment.Call:
    call = fulfilment.decide(states.lock(shop.dealer.pk, order.pk))
    assert call is not None
    return call


def test_an_order_that_was_unsent_at_the_backup_goes_out_under_the_reference_it_had() -> None:
    shop = factories.shop(suppliers=2)
    order = shop.buy()
    sent = []
    with pytest.raises(Forgotten), tenancy.inside(shop.dealer.pk), transaction.atomic():
        sent.append(_call(shop, order))
        raise Forgotten
    with tenancy.inside(shop.dealer.pk):
        sent.append(_call(shop, order))
    assert sent[0].ask.reference == sent[1].ask.reference
    assert sent[0].supplier == sent[1].supplier


def test_an_order_that_was_under_way_at_the_backup_is_asked_about_under_its_reference() -> None:
    shop = factories.shop(suppliers=2)
    order = shop.buy()
    with tenancy.inside(shop.dealer.pk):
        first = _call(shop, order)
    with tenancy.inside(shop.dealer.pk):
        again = _call(shop, order)
    assert again.is_check
    assert (again.attempt_id, again.ask.reference) == (first.attempt_id, first.ask.reference)
