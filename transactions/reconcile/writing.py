"""What was found is put down: new differences, those that look different now, and those that are no more."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from transactions.models import Difference, DifferenceState, ReconcileDay, Resolution
from transactions.reconcile import spelling
from transactions.reconcile.matching import Finding, Ours
from transactions.suppliers.base import Outcome, StatementLine

Facts = dict[str, Any]


def kept(lines: Sequence[StatementLine]) -> list[Facts]:
    """Lines of a statement as they are stored; `key` is the reference in one spelling."""
    return [{"key": spelling.reference(line.reference), **_said(line, line.price)} for line in lines]


def lines(stored: Sequence[Facts] | None) -> list[StatementLine]:
    """The same, taken out again."""
    return [
        StatementLine(
            reference=facts["reference"],
            outcome=Outcome(facts["outcome"]),
            price=facts["price"],
            sku=facts["sku"],
            destination=facts["destination"],
            sn=facts["sn"],
            at=datetime.fromisoformat(facts["at"]) if facts["at"] else None,
        )
        for facts in stored or []
    ]


def _said(side: StatementLine | Ours, price: int) -> Facts:
    return {
        "reference": side.reference,
        "outcome": str(side.outcome),
        "price": price,
        "sku": side.sku,
        "destination": side.destination,
        "sn": side.sn,
        "at": side.at.isoformat() if side.at else "",
    }


def put(row: ReconcileDay, findings: Sequence[Finding]) -> None:
    """Write findings; one that a person has decided about stays decided as long as both sides say the same."""
    known: dict[tuple[str, str], list[Difference]] = defaultdict(list)
    keys = [finding.key for finding in findings]
    for old in Difference.objects.filter(dealer_id=row.dealer_id, day=row, key__in=keys):
        known[old.kind, old.key].append(old)
    fresh = []
    for finding in findings:
        facts = _facts(row, finding)
        old_ones = known[finding.kind, finding.key]
        if any(_is_decided(old, facts) for old in old_ones):
            continue
        waiting = next((old for old in old_ones if old.state != DifferenceState.RESOLVED), None)
        if waiting is None:
            fresh.append(Difference(dealer_id=row.dealer_id, day=row, kind=finding.kind, key=finding.key, **facts))
        else:
            _change(waiting, facts)
    Difference.objects.bulk_create(fresh)


def _facts(row: ReconcileDay, finding: Finding) -> Facts:
    own, line = finding.ours, finding.theirs
    return {
        "attempt_id": own.pk if own and row.supplier_id else None,
        "order_id": own.order_id if own else None,
        "ours": _said(own, own.cost) if own else None,
        "theirs": _said(line, line.price) if line else None,
        "amount": finding.amount,
    }


def _is_decided(old: Difference, facts: Facts) -> bool:
    return old.state == DifferenceState.RESOLVED and all(getattr(old, name) == value for name, value in facts.items())


def _change(waiting: Difference, facts: Facts) -> None:
    """What a second person would approve must be what the first one saw."""
    if all(getattr(waiting, name) == value for name, value in facts.items()):
        return
    for name, value in facts.items():
        setattr(waiting, name, value)
    if waiting.state == DifferenceState.PROPOSED:
        waiting.state, waiting.resolution, waiting.proposed_by = DifferenceState.OPEN, "", None
    waiting.save(update_fields=[*facts, "state", "resolution", "proposed_by"])


def vanish(row: ReconcileDay, findings: Collection[Finding]) -> int:
    """End open differences that a later look did not find any more; how many those were."""
    found = {(str(finding.kind), finding.key) for finding in findings}
    open_ones = unresolved(row).values_list("pk", "kind", "key")
    gone = [pk for pk, kind, key in open_ones if (kind, key) not in found]
    return Difference.objects.filter(dealer_id=row.dealer_id, pk__in=gone).update(
        state=DifferenceState.RESOLVED, resolution=Resolution.VANISHED, resolved_at=timezone.now()
    )


def unresolved(row: ReconcileDay) -> Any:
    """The differences of a day that still wait for somebody."""
    return Difference.objects.filter(dealer_id=row.dealer_id, day=row).exclude(state=DifferenceState.RESOLVED)
