"""What must always be true of money and orders, as queries that find whoever breaks it.

`run` is the whole audit, `violations` the quick look of the tests; `manage.py audit_ledger` prints it.
One module per group of invariants: `books`, `sales`, `waiting`, `derived`, `deliveries`, `paybacks`,
`walls`.
"""

from transactions.audit.base import Invariant, Result, Violation
from transactions.audit.deliveries import NoRecord
from transactions.audit.run import INVARIANTS, NoBook, Report, Scope, run, violations

__all__ = [
    "INVARIANTS",
    "Invariant",
    "NoBook",
    "NoRecord",
    "Report",
    "Result",
    "Scope",
    "Violation",
    "run",
    "violations",
]
