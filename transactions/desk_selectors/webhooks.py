"""What partners' addresses were told, as the staff see it."""

from django.db.models import Count, Q, QuerySet

from dealers.models import Dealer
from transactions.models import DeliveryState, WebhookDelivery, WebhookEndpoint


def endpoints(dealer: Dealer) -> QuerySet[WebhookEndpoint]:
    """All partners' endpoints with how much waits and how much was given up; paused ones first."""
    rows = WebhookEndpoint.objects.filter(dealer=dealer, removed_at__isnull=True).select_related("partner")
    return rows.annotate(
        waiting=Count("deliveries", filter=Q(deliveries__state=DeliveryState.PENDING)),
        lost=Count("deliveries", filter=Q(deliveries__state=DeliveryState.GIVEN_UP)),
    ).order_by("paused_at", "partner__name", "pk")


def deliveries(dealer: Dealer, *, q: str = "", state: str = "", endpoint: str = "") -> QuerySet[WebhookDelivery]:
    """What was told, newest first; `q` is an order's code or the partner's ref_id."""
    rows = WebhookDelivery.objects.filter(dealer=dealer).select_related("partner", "endpoint")
    if q:
        rows = rows.filter(Q(order_code=q.upper().replace("-", "")) | Q(ref_id=q))
    if state:
        rows = rows.filter(state=state)
    if endpoint:
        rows = rows.filter(endpoint__code=endpoint)
    return rows.order_by("-pk")
