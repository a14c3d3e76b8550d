"""What an invariant is: a number, a sentence, and a query that finds whoever breaks it.

Every query answers rows (dealer_id, reference, finding) and knows three names: `%(since)s`, the time from
which orders and transfers are looked at (`-infinity` in full), `{now}`, the time by which waiting is measured,
and `{sums}`, a common table expression with what came into and went out of every account. References are codes
and ids, never a number that is topped up, a name or a secret.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Invariant:
    """One check of an invariant; an invariant may have several. `full_only` means: not every minute."""

    number: int
    sentence: str
    sql: str
    full_only: bool = False


@dataclass(frozen=True, kw_only=True)
class Violation:
    """Somebody breaks an invariant: where, and what was found."""

    number: int
    dealer_id: int
    reference: str
    finding: str

    def __str__(self) -> str:
        return f"{self.number}: dealer {self.dealer_id} {self.reference}: {self.finding}"


@dataclass(frozen=True, kw_only=True)
class Result:
    """One invariant after the audit: how many violations, a few of them, and what was not looked at."""

    number: int
    sentence: str
    count: int = 0
    examples: list[Violation] = field(default_factory=list)
    skipped: str = ""


SUMS_IN_FULL = """sums AS MATERIALIZED (
    SELECT account_id, sum(came) AS came, sum(went) AS went FROM (
        SELECT to_id AS account_id, amount AS came, 0 AS went FROM transfer
        UNION ALL
        SELECT frm_id, 0, amount FROM transfer
    ) ends GROUP BY account_id
)"""
SUMS_BY_ROLLUP = """tail AS MATERIALIZED (
    SELECT t.* FROM transfer t LEFT JOIN rollup_mark m ON m.dealer_id = t.dealer_id
    WHERE t.id > coalesce(m.before_id, 0) AND t.xid >= coalesce(m.closed_before, 0)::text::xid8
), sums AS MATERIALIZED (
    SELECT account_id, sum(came) AS came, sum(went) AS went FROM (
        SELECT account_id, came_in AS came, went_out AS went FROM rollup
        UNION ALL
        SELECT to_id, amount, 0 FROM tail
        UNION ALL
        SELECT frm_id, 0, amount FROM tail
    ) ends GROUP BY account_id
)"""
RECENT = "(o.created_at >= %(since)s OR o.finished_at >= %(since)s)"
"""SQL: the orders `o` that are looked at."""
EVER_PAID = "(o.paid_at IS NOT NULL OR o.status IN ('paid', 'processing', 'succeeded', 'failed'))"
