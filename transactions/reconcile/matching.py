"""Two lists of one day compared: what is certainly the same agrees by itself, everything else is a finding.

No database and no clock here. Certain are: spellings, a line that is only repeated, a line that was still open and is
reported again when it ended, a failed sale that they do not list, and a sale that they count to the day before or
after. What we have not heard the end of is never a finding at first: it is asked about again.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from transactions.models import DifferenceKind
from transactions.reconcile import spelling
from transactions.suppliers.base import Outcome, StatementLine


@dataclass(frozen=True, kw_only=True)
class Ours:
    """One sale as our books have it: `cost` in rupiah is what stands booked, 0 for one that failed.

    `pk` is the attempt's, or the order's where a partner bought. A sale of another day is here only because they
    list it with this one.
    """

    pk: int
    order_id: int
    reference: str
    outcome: Outcome
    cost: int
    sku: str = ""
    destination: str = ""
    sn: str = ""
    at: datetime | None = None
    is_of_day: bool = True
    may_be_tomorrows: bool = False
    """So late that they may count it to the next day, whose statement is not here yet."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something that needs a person; `amount` is theirs less ours, in rupiah."""

    kind: DifferenceKind
    key: str
    ours: Ours | None
    theirs: StatementLine | None
    amount: int

    @property
    def place(self) -> str:
        """Where it stands in the order in which findings are written."""
        return f"{self.key}\x1f{self.kind}"


@dataclass(kw_only=True)
class Matched:
    """What came out: pairs that agree, findings in their order, and ours that need another look later."""

    agreed: int = 0
    findings: list[Finding] = field(default_factory=list)
    unknown: list[Ours] = field(default_factory=list)
    """Of ours, without a final word here: to be asked about again."""
    tomorrows: list[Ours] = field(default_factory=list)
    """Of ours, to be looked for in the next day's statement."""
    repeats: int = 0
    theirs: int = 0
    """Lines of theirs, without the repeats, and what they charged, in rupiah."""
    sum_theirs: int = 0

    @property
    def share(self) -> float:
        """The part of what could be compared that agreed by itself."""
        compared = self.agreed + len(self.findings)
        return self.agreed / compared if compared else 1.0


def match(
    ours: Iterable[Ours],
    theirs: Iterable[StatementLine],
    *,
    elsewhere: Collection[str] = (),
    is_patient: bool = True,
) -> Matched:
    """Compare a day. `elsewhere` are references, in one spelling, that their statements of other days have.

    Without patience nothing is left for later: whatever is still open becomes a finding.
    """
    known = list(ours)
    grouped, strangers = _grouped(known, theirs)
    found = Matched()
    for own in known:
        lines = grouped.get(own.pk)
        if lines:
            _compare(found, own, lines, is_patient=is_patient)
        elif own.is_of_day:
            _alone(found, own, elsewhere, is_patient=is_patient)
    for key, lines in strangers.items():
        distinct = _distinct(found, lines)
        for number, line in enumerate(distinct):
            found.findings.append(_finding(DifferenceKind.MISSING_HERE, _numbered(key, number), None, line))
    found.findings.sort(key=lambda finding: finding.place)
    return found


def _grouped(
    ours: Sequence[Ours], theirs: Iterable[StatementLine]
) -> tuple[Mapping[int, list[StatementLine]], Mapping[str, list[StatementLine]]]:
    """Their lines by our sale, and those of no sale of ours by reference. The very spelling goes first."""
    exact = {own.reference: own.pk for own in ours}
    alike: dict[str, list[int]] = defaultdict(list)
    for own in ours:
        alike[spelling.reference(own.reference)].append(own.pk)
    grouped: dict[int, list[StatementLine]] = defaultdict(list)
    strangers: dict[str, list[StatementLine]] = defaultdict(list)
    for line in theirs:
        key = spelling.reference(line.reference)
        pk = exact.get(line.reference)
        if pk is None and len(alike.get(key, ())) == 1:
            pk = alike[key][0]
        if pk is None:
            strangers[key].append(line)
        else:
            grouped[pk].append(line)
    return grouped, strangers


def _distinct(found: Matched, lines: Sequence[StatementLine]) -> list[StatementLine]:
    """Lines about one reference without repeats, and without *pending* where the end is reported too."""
    seen: dict[tuple[object, ...], StatementLine] = {}
    for line in lines:
        seen.setdefault(_content(line), line)
    ended = [line for line in seen.values() if line.outcome != Outcome.PENDING]
    distinct = ended or list(seen.values())[:1]
    found.theirs += len(distinct)
    found.sum_theirs += sum(_price(line) for line in distinct)
    found.repeats += len(lines) - len(distinct)
    return distinct


def _content(line: StatementLine) -> tuple[object, ...]:
    """What makes two lines one report: everything but the time, which counts where no serial number tells."""
    sn = spelling.serial(line.sn)
    price = line.price if line.outcome == Outcome.SUCCEEDED else 0
    at = line.at if line.outcome == Outcome.SUCCEEDED and not sn else None
    return line.outcome, price, spelling.reference(line.sku), spelling.number(line.destination), sn, at


def _compare(found: Matched, own: Ours, lines: Sequence[StatementLine], *, is_patient: bool) -> None:
    distinct = _distinct(found, lines)
    if own.outcome == Outcome.PENDING and is_patient:
        found.unknown.append(own)
        return
    best = next((line for line in distinct if _differs(own, line) is None), None)
    best = best or next((line for line in distinct if line.outcome == own.outcome), distinct[0])
    kind = _differs(own, best)
    key = spelling.reference(own.reference)
    if kind is None:
        found.agreed += 1
    else:
        found.findings.append(_finding(kind, key, own, best))
    extras = [line for line in distinct if line is not best]
    for number, line in enumerate(extras):
        amount = _price(line)
        at = _numbered(key, number)
        found.findings.append(Finding(kind=DifferenceKind.DUPLICATE, key=at, ours=own, theirs=line, amount=amount))


def _alone(found: Matched, own: Ours, elsewhere: Collection[str], *, is_patient: bool) -> None:
    """Ours that they do not list on this day."""
    key = spelling.reference(own.reference)
    if own.outcome == Outcome.FAILED or key in elsewhere:
        found.agreed += 1
    elif own.outcome == Outcome.PENDING and is_patient:
        found.unknown.append(own)
    elif own.may_be_tomorrows and is_patient:
        found.tomorrows.append(own)
    else:
        found.findings.append(_finding(DifferenceKind.MISSING_THERE, key, own, None))


def _differs(own: Ours, line: StatementLine) -> DifferenceKind | None:
    """The gravest thing in which a pair differs."""
    if own.outcome != line.outcome:
        return DifferenceKind.OUTCOME
    if own.outcome != Outcome.SUCCEEDED:
        return None if own.outcome == Outcome.FAILED else DifferenceKind.OUTCOME
    same = spelling.same_number(own.destination, line.destination) and spelling.same_product(own.sku, line.sku)
    if not (same and spelling.same_serial(own.sn, line.sn)):
        return DifferenceKind.CONTENT
    return None if own.cost == line.price else DifferenceKind.PRICE


def _finding(kind: DifferenceKind, key: str, own: Ours | None, line: StatementLine | None) -> Finding:
    amount = _price(line) - (own.cost if own and own.outcome == Outcome.SUCCEEDED else 0)
    return Finding(kind=kind, key=key, ours=own, theirs=line, amount=amount)


def _price(line: StatementLine | None) -> int:
    return line.price if line and line.outcome == Outcome.SUCCEEDED else 0


def _numbered(key: str, number: int) -> str:
    return f"{key}#{number + 1}" if number else key
