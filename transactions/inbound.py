"""Taking in what comes by itself, once: the event and what it changes stand or fall together."""

from django.db import IntegrityError, transaction

from portal.lib import retry, tenancy
from transactions import fulfilment
from transactions.models import Attempt, InboundEvent, Supplier
from transactions.suppliers.base import Callback


def take_supplier_callback(supplier: Supplier, callback: Callback) -> bool:
    """Apply a supplier's report; False when the reference is none of ours there, which is kept as an orphan."""

    def once() -> bool:
        with tenancy.inside(supplier.dealer_id):
            attempt = Attempt.objects.filter(
                dealer_id=supplier.dealer_id, supplier=supplier, reference=callback.reference
            ).first()
            effect = InboundEvent.Effect.ORPHAN if attempt is None else InboundEvent.Effect.APPLIED
            is_new = _note(supplier, callback, effect)
            if is_new and attempt is not None:
                fulfilment.record(supplier.dealer_id, attempt.pk, callback.verdict, source="callback")
            return attempt is not None

    return retry.on_conflict(once)


def _note(supplier: Supplier, callback: Callback, effect: InboundEvent.Effect) -> bool:
    try:
        with transaction.atomic():
            InboundEvent.objects.create(
                dealer_id=supplier.dealer_id,
                source=f"supplier:{supplier.code}",
                event_id=callback.event_id[:80],
                reference=callback.reference[:80],
                effect=effect,
            )
    except IntegrityError:
        return False
    return True
