"""One line of the table: an address, and the status that each kind of visitor gets by GET and by POST."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from dealers.models import User
from tests.worlds import World
from transactions.models import Account, Brand, Product, Route, Supplier, SyncRun, Task

PEOPLE = ("stranger", "customer", "foreign", "owner", "manager", "cashier", "cs", "trainer", "platform")
"""Nobody, a customer of the dealer, the owner of another dealer, the dealer's five roles, the platform's admin."""
MACHINES = ("machine", "other_machine")
"""A partner of the dealer, and one of another dealer, each by its key."""
ACTORS = (*PEOPLE, *MACHINES)
WORKS_HERE = frozenset({"owner", "manager", "cashier", "cs", "trainer"})
EVERYBODY = len(ACTORS)
LIMITS = (
    "ACCOUNT_TRIES_PER_MINUTE",
    "GUEST_ORDERS_PER_MINUTE",
    "GUEST_QUOTES_PER_MINUTE",
    "GUEST_LOOKUPS_PER_MINUTE",
    "LOOKUPS_PER_ORDER_AND_MINUTE",
)
"""Settings that a walk over all addresses must not run into."""


@dataclass
class Scene:
    """The dealer that is visited, the other one, and what only the first has."""

    here: World
    there: World
    people: dict[str, User]
    supplier: Supplier
    product: Product
    route: Route
    account: Account
    parked: Task
    brand: Brand
    keys: dict[str, str]
    """The keys of the machines, in the clear."""
    held: SyncRun
    """A price list of `supplier` that is not believed."""
    admin_ids: dict[str, int] = field(default_factory=dict)
    """Rows of the platform's admin, by model."""


def nothing(_scene: Scene) -> tuple[object, ...]:
    """The address has no parts that vary."""
    return ()


def no_fields(_scene: Scene) -> dict[str, str]:
    """The form is sent empty."""
    return {}


@dataclass(frozen=True, kw_only=True)
class Row:
    """`name` is the address's name with its namespace; where it has none, its pattern from the root.

    `get` and `post` are statuses in the order of `ACTORS`; a machine that is left out is a stranger. Whatever is
    refused must change nothing of the dealer; with `changes`, what is accepted of its staff must change something,
    so that refusals prove something. With `shown_first`, the form is sent with the digest of what it would do.
    """

    name: str
    get: str
    post: str
    at: Callable[[Scene], Sequence[object]] = nothing
    fields: Callable[[Scene], dict[str, str]] = no_fields
    query: Callable[[Scene], dict[str, str]] = no_fields
    address: Callable[[Scene], str] | None = None
    changes: bool = False
    shown_first: bool = False
    sends_json: bool = False

    def expected(self, method: str) -> dict[str, int]:
        """Status by visitor; a single number stands for everybody."""
        codes = [int(code) for code in (self.get if method == "GET" else self.post).split()]
        codes = codes * EVERYBODY if len(codes) == 1 else codes
        codes += codes[:1] * (EVERYBODY - len(codes) if len(codes) == len(PEOPLE) else 0)
        return dict(zip(ACTORS, codes, strict=True))
