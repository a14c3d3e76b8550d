"""A statement that somebody uploads: read, kept as a draft, and put in force once it was looked at."""

import json
from dataclasses import asdict, dataclass
from hashlib import blake2b
from zoneinfo import ZoneInfo

from dealers.models import Dealer, User
from portal.lib import tenancy
from transactions.models import ReconcileDay, ReconcileStatement, StatementSource
from transactions.reconcile import files, runs, writing
from transactions.reconcile.files import BadLine, Fault
from transactions.suppliers.base import StatementLine


class NoDraft(Exception):
    """No upload waits, or another one than was seen."""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """An upload that waits for a person's word; `digest` names it."""

    lines: list[StatementLine]
    bad: list[BadLine]
    bad_count: int
    digest: str
    name: str


def keep(dealer: Dealer, row: ReconcileDay, body: bytes, *, name: str, actor: User) -> None:
    """Read a file and keep it as the day's draft, in place of the one before. Raises `files.Unusable`."""
    found = files.read(body, zone=ZoneInfo(dealer.time_zone))
    stored = {
        "lines": writing.kept(found.lines),
        "bad": [asdict(bad) for bad in found.bad],
        "bad_count": found.bad_count,
    }
    digest = blake2b(json.dumps(stored, sort_keys=True).encode(), digest_size=16).hexdigest()
    facts = {"draft": stored, "draft_digest": digest, "draft_name": name[:80], "draft_by": actor}
    with tenancy.inside(dealer.pk):
        ReconcileStatement.objects.update_or_create(dealer=dealer, day=row, defaults=facts)


def draft(row: ReconcileDay) -> Draft | None:
    """The upload that waits. Inside the dealer's transaction."""
    kept = ReconcileStatement.objects.filter(dealer_id=row.dealer_id, day=row, draft__isnull=False).first()
    if kept is None or kept.draft is None:
        return None
    return Draft(
        lines=writing.lines(kept.draft["lines"]),
        bad=[BadLine(bad["number"], Fault(bad["fault"]), bad["text"]) for bad in kept.draft["bad"]],
        bad_count=kept.draft["bad_count"],
        digest=kept.draft_digest,
        name=kept.draft_name,
    )


def use(dealer: Dealer, row: ReconcileDay, *, seen: str, actor: User) -> None:
    """The draft that was `seen` is their statement; it is compared next. Raises `NoDraft`."""
    with tenancy.inside(dealer.pk):
        locked, kept = _waiting(dealer, row, seen)
        kept.given_by, stored = actor, (kept.draft or {})["lines"]
        _clear(kept, "given_by")
        runs.give(locked, stored, source=StatementSource.UPLOAD)


def discard(dealer: Dealer, row: ReconcileDay, *, seen: str) -> None:
    """The draft that was `seen` was the wrong file. Raises `NoDraft`."""
    with tenancy.inside(dealer.pk):
        _locked, kept = _waiting(dealer, row, seen)
        _clear(kept)


def _waiting(dealer: Dealer, row: ReconcileDay, seen: str) -> tuple[ReconcileDay, ReconcileStatement]:
    locked = ReconcileDay.objects.select_for_update(no_key=True).get(dealer=dealer, pk=row.pk)
    kept = ReconcileStatement.objects.filter(dealer=dealer, day=locked, draft__isnull=False).first()
    if kept is None or kept.draft_digest != seen:
        raise NoDraft
    return locked, kept


def _clear(kept: ReconcileStatement, *also: str) -> None:
    kept.draft, kept.draft_digest, kept.draft_name, kept.draft_by = None, "", "", None
    kept.save(update_fields=["draft", "draft_digest", "draft_name", "draft_by", *also])
