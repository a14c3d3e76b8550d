"""A person's word about a difference, and what it books: once, in its own transfer, above a limit by two people.

Where the two sides disagree about whether something was delivered, nothing is booked here: the supplier's word goes
the way of every late word, and becomes an incident.
"""

import json
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from dealers.models import Dealer, User
from portal.lib import retry, tenancy
from transactions import accounts, fulfilment, postings, postings_business, states
from transactions.accounts import Acc
from transactions.models import (
    BOOKED,
    AccountKind,
    Difference,
    DifferenceKind,
    DifferenceState,
    Incident,
    Order,
    ReconcileDay,
    Resolution,
)
from transactions.reconcile import runs
from transactions.suppliers.base import Outcome, Reason, Verdict

_TWO_PEOPLE = (*BOOKED, Resolution.MISTAKEN)


class NotOpen(Exception):
    """Somebody has decided about this difference already, or nothing was proposed."""


class Changed(Exception):
    """By now the sides say something else than the person saw; nothing was booked."""


class NotOffered(Exception):
    """This difference cannot be ended in this way."""


class SecondPersonNeeded(Exception):
    """Whoever proposed it cannot be the one to approve it."""


class StillGoing(Exception):
    """The order has no end yet: the supplier is asked in the ordinary way."""


class NothingContradicts(Exception):
    """The books do not contradict the statement, or it lacks the serial number that proves a delivery."""


@dataclass(frozen=True, kw_only=True)
class Word:
    """What a person says; `seen` is the stamp of what was looked at, `due_on` when they will have corrected it."""

    resolution: Resolution
    reason: str
    seen: str
    due_on: date | None = None


@dataclass(frozen=True)
class Effect:
    """What a resolution moves: `amount` rupiah from one account to another."""

    frm: Acc
    to: Acc
    amount: int


def stamp(difference: Difference) -> str:
    """What a person's word rests on, in short."""
    return f"{difference.pk}:{difference.amount}:{difference.state}:{difference.resolution}"


def offered(difference: Difference) -> list[Resolution]:
    """In which ways a difference can be ended."""
    found = [way for way in BOOKED if effect(difference, way) is not None]
    if _may_be_incident(difference):
        found.append(Resolution.INCIDENT)
    return [*found, Resolution.WAIT, Resolution.MISTAKEN]


def effect(difference: Difference, resolution: Resolution) -> Effect | None:
    """What would be booked; None for a resolution that books nothing here."""
    if not difference.amount or difference.kind == DifferenceKind.OUTCOME or resolution not in BOOKED:
        return None
    if difference.day.supplier is not None:
        return _with_supplier(difference, accounts.supplier_of(difference.day.supplier), resolution)
    return _with_partner(difference, resolution)


def _with_supplier(difference: Difference, supplier: Acc, resolution: Resolution) -> Effect | None:
    amount = difference.amount
    if resolution == Resolution.WRITE_OFF:
        return Effect(accounts.STATEMENT_LOSS, supplier, amount) if amount > 0 else None
    return Effect(accounts.COST, supplier, amount) if amount > 0 else Effect(supplier, accounts.COST, -amount)


def _with_partner(difference: Difference, resolution: Resolution) -> Effect | None:
    """Only a price: a sale that one side alone knows of is given back, or sold, by its order."""
    partner = difference.day.partner
    if partner is None or difference.kind != DifferenceKind.PRICE or resolution != Resolution.ACCEPT:
        return None
    wallet, amount = accounts.wallet(partner.wallet_key), difference.amount
    return Effect(wallet, accounts.SALES, amount) if amount > 0 else Effect(accounts.SALES, wallet, -amount)


def _may_be_incident(difference: Difference) -> bool:
    is_outcome = difference.kind == DifferenceKind.OUTCOME and difference.attempt_id is not None
    said = (difference.theirs or {}).get("outcome")
    return is_outcome and difference.day.supplier_id is not None and said in {Outcome.SUCCEEDED, Outcome.FAILED}


def needs_two(dealer: Dealer, difference: Difference, resolution: Resolution) -> bool:
    """Whether a second person must approve."""
    return resolution in _TWO_PEOPLE and abs(difference.amount) > dealer.four_eyes_above


def resolve(dealer: Dealer, pk: int, word: Word, *, actor: User) -> Difference:
    """End a difference, or propose how; below the dealer's limit it is done at once.

    Raises `NotOpen`, `Changed`, `NotOffered`, `StillGoing`, `NothingContradicts`, `postings.NothingToBook`,
    `ledger.InsufficientBalance`, `Difference.DoesNotExist`.
    """

    def once() -> Difference:
        with tenancy.inside(dealer.pk):
            row, order = _locked(dealer, pk, word.seen)
            if word.resolution not in offered(row):
                raise NotOffered
            row.resolution, row.reason, row.due_on = word.resolution, word.reason[:200], None
            row.proposed_by = None
            if word.resolution == Resolution.WAIT:
                row.state, row.due_on = DifferenceState.WAITING, word.due_on
                row.proposed_by = actor
            elif needs_two(dealer, row, word.resolution):
                row.state, row.proposed_by = DifferenceState.PROPOSED, actor
            else:
                _carry_out(row, order, actor)
            return _keep(row)

    return retry.on_conflict(once)


def approve(dealer: Dealer, pk: int, *, seen: str, actor: User) -> Difference:
    """The second pair of eyes. Raises `SecondPersonNeeded`, and what `resolve` raises."""

    def once() -> Difference:
        with tenancy.inside(dealer.pk):
            row, order = _locked(dealer, pk, seen)
            if row.state != DifferenceState.PROPOSED:
                raise NotOpen
            if row.proposed_by_id == actor.pk:
                raise SecondPersonNeeded
            _carry_out(row, order, actor)
            return _keep(row)

    return retry.on_conflict(once)


def _locked(dealer: Dealer, pk: int, seen: str) -> tuple[Difference, Order | None]:
    """The order first, then the day, then the difference, as everybody takes them."""
    day_id, order_id = Difference.objects.values_list("day_id", "order_id").get(dealer=dealer, pk=pk)
    order = states.lock(dealer.pk, order_id) if order_id else None
    days = ReconcileDay.objects.select_for_update(of=("self",), no_key=True).select_related("supplier", "partner")
    day = days.get(dealer=dealer, pk=day_id)
    row = Difference.objects.select_for_update(no_key=True).get(dealer=dealer, pk=pk)
    row.day = day
    if row.state == DifferenceState.RESOLVED:
        raise NotOpen
    if stamp(row) != seen:
        raise Changed
    return row, order


def _carry_out(row: Difference, order: Order | None, actor: User) -> None:
    resolution = Resolution(row.resolution)
    if resolution in BOOKED:
        row.transfer_id = _book(row, order, resolution)
    elif resolution == Resolution.INCIDENT:
        row.incident = _incident(row, order)
    row.state, row.resolved_by, row.resolved_at = DifferenceState.RESOLVED, actor, timezone.now()


def _keep(row: Difference) -> Difference:
    row.save(update_fields=_DECIDED)
    runs.settle(row.day)
    return row


_DECIDED = (
    "state",
    "resolution",
    "reason",
    "due_on",
    "proposed_by",
    "resolved_by",
    "resolved_at",
    "incident",
    "transfer",
)


def _book(row: Difference, order: Order | None, resolution: Resolution) -> int:
    moved = effect(row, resolution)
    if moved is None:
        raise NotOffered
    if row.kind != DifferenceKind.MISSING_THERE or order is None:
        return postings_business.reconcile(
            row.dealer_id, frm=moved.frm, to=moved.to, amount=moved.amount, difference_id=row.pk
        )
    assert row.day.supplier is not None  # noqa: S101  a partner's difference of this kind books nothing
    cost = postings.standing(order, row.day.supplier)
    if cost is None or cost.amount != moved.amount:
        raise postings.NothingToBook(f"no cost of {moved.amount} rupiah stands for order {order.code}")
    back = Acc(AccountKind(cost.frm_kind), cost.frm.key)
    return postings_business.reconcile_back(order, cost, to=back, supplier=moved.frm, difference_id=row.pk)


def _incident(row: Difference, order: Order | None) -> Incident:
    """The statement's word about a concluded order, taken as a late word of the supplier's."""
    if order is None or row.attempt_id is None or row.theirs is None:
        raise NotOffered
    if not order.is_final:
        raise StillGoing
    said = row.theirs
    outcome = Outcome(said["outcome"])
    verdict = Verdict(
        outcome=outcome,
        rc="",
        reason=Reason.NONE if outcome == Outcome.SUCCEEDED else Reason.REVERSED,
        message=f"rekap {row.day.day:%Y-%m-%d}",
        sn=said["sn"],
        price=said["price"] if outcome == Outcome.SUCCEEDED else None,
        raw=json.dumps(said),
    )
    fulfilment.record(row.dealer_id, row.attempt_id, verdict, source="statement")
    found = Incident.objects.filter(
        dealer_id=row.dealer_id, attempt_id=row.attempt_id, state=Incident.State.OPEN, withdrawn_at__isnull=True
    ).first()
    if found is None:
        raise NothingContradicts
    return found
