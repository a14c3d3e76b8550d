"""The words of the table: who walks, what is posted, and which status each of them must get."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.worlds import World

ROLES = ("owner", "manager", "cashier", "cs", "trainer")
"""The roles at the dealer whose objects the addresses name."""
ACTORS = ("stranger", "customer", "rival", "admin", *ROLES)
"""`rival` owns another dealer, `customer` has bought at this one, `admin` is the platform's."""

Statuses = Mapping[str, int]
Values = Callable[[World], Mapping[str, Any]]


def _nothing(_world: World) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One URL pattern: the status per actor for GET and POST, and what its address is made of.

    `at` gives the pattern's arguments, `path` the whole path where a pattern has no name, `query` what
    stands behind the question mark, `data` what is posted. `changes` says that a POST by whoever may
    changes the dealer's rows: the walk makes sure that it does for them, and does not for the others.
    """

    get: Statuses
    post: Statuses
    at: Values = field(default=_nothing)
    query: Values = field(default=_nothing)
    data: Values = field(default=_nothing)
    path: Callable[[World], str] | None = None
    changes: bool = False


def everyone(status: int) -> Statuses:
    """The same for all."""
    return dict.fromkeys(ACTORS, status)


def signed_in(status: int) -> Statuses:
    """Strangers are asked to sign in."""
    return {**everyone(status), "stranger": 302}


def platform(status: int) -> Statuses:
    """The platform's admins; everybody else is asked to sign in as one."""
    return {**everyone(302), "admin": status}


def staff(roles: str, status: int, *, rival: int) -> Statuses:
    """Staff in these roles; 403 for other staff, 404 for those who work at no dealer, sign-in for strangers."""
    may = roles.split()
    assert set(may) <= set(ROLES), f"no such role among {may}"
    inside = {role: status if role in may else 403 for role in ROLES}
    return {"stranger": 302, "customer": 404, "admin": 404, "rival": rival, **inside}


def desk(roles: str, *, get: int = 200, post: int = 405, **more: Any) -> Row:
    """A page of the desk. One that names an object (`at`) is 404 at another dealer's desk; others are their own."""

    def rival(status: int) -> int:
        return 404 if "at" in more and status != 405 else status

    return Row(get=staff(roles, get, rival=rival(get)), post=staff(roles, post, rival=rival(post)), **more)
