"""Orders that were delivered or refused, as many as wanted, each taking as long as wanted."""

from datetime import datetime, timedelta

from django.utils import timezone

from portal.lib import tenancy
from tests.transactions.storefront_rig import YES, Storefront
from transactions.models import Attempt, Brand, Order, Product
from transactions.suppliers.base import Verdict


def serve(
    here: Storefront,
    *,
    verdict: Verdict = YES,
    times: int = 1,
    seconds: float = 8,
    ago: timedelta = timedelta(minutes=5),
    product: Product | None = None,
) -> list[Order]:
    """Orders of the customer that ended `ago`, `seconds` after they were paid."""
    return [_serve(here, verdict, timezone.now() - ago, seconds, product) for _ in range(times)]


def _serve(here: Storefront, verdict: Verdict, ended: datetime, seconds: float, product: Product | None) -> Order:
    shop = here.shop
    sold, shop.product = shop.product, product or shop.product
    order = shop.buy()
    shop.product = sold
    attempt_id = here.is_sent(order, verdict)
    paid = ended - timedelta(seconds=seconds)
    with tenancy.inside(shop.dealer.pk):
        Order.objects.filter(pk=order.pk).update(created_at=paid, paid_at=paid, sent_at=paid, finished_at=ended)
        Attempt.objects.filter(pk=attempt_id).update(first_sent_at=paid, sent_at=paid, finished_at=ended)
    return shop.order(order)


def give_brand(here: Storefront, product: Product, code: str) -> Product:
    """Sell the product under another brand."""
    with tenancy.inside(here.shop.dealer.pk):
        product.brand = Brand.objects.get(code=code)
        product.save(update_fields=["brand"])
    return product
