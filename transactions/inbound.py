"""Taking in what comes by itself, once: the event and what it changes stand or fall together."""

from django.utils import timezone

from portal.lib import retry, roundtrip, tenancy
from portal.lib.roundtrip import Statement
from transactions import attempts, fulfilment
from transactions.models import InboundEvent, Supplier
from transactions.suppliers.base import Callback

_EVENT = """
INSERT INTO inbound_event (dealer_id, source, event_id, reference, effect, at) VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (dealer_id, source, event_id) DO NOTHING RETURNING id
"""


def take_supplier_callback(supplier: Supplier, callback: Callback) -> bool:
    """Apply a supplier's report; False when the reference is none of ours there, which is kept as an orphan."""

    def once() -> bool:
        with tenancy.inside(supplier.dealer_id):
            attempt = attempts.lock_by_reference(supplier.dealer_id, callback.reference, supplier_id=supplier.pk)
            effect = InboundEvent.Effect.ORPHAN if attempt is None else InboundEvent.Effect.APPLIED
            is_new = _note(supplier, callback, effect)
            if is_new and attempt is not None:
                fulfilment.record_for(attempt, callback.verdict, source="callback")
            return attempt is not None

    return retry.on_conflict(once)


def _note(supplier: Supplier, callback: Callback, effect: InboundEvent.Effect) -> bool:
    """Write the event down; False when it was taken in before."""
    what = [f"supplier:{supplier.code}", callback.event_id[:80], callback.reference[:80], effect, timezone.now()]
    return roundtrip.ask(Statement(_EVENT, [supplier.dealer_id, *what])) is not None
