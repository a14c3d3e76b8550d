"""Who may do what at a dealer: one table from roles to capabilities.

Views and use cases ask for a capability, never for a role. Across dealers the answer is 404, inside
one it is 403; a platform admin has no more rights in a dealer's book than anybody else.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.db import connection

from dealers.models import Dealer, Role, User


class Can(StrEnum):
    """Everything that the desk lets somebody do."""

    SEE_DESK = "see_desk"
    SELL = "sell"
    SEE_ORDERS = "see_orders"
    CONFIRM_PAYMENT = "confirm_payment"
    CANCEL_ORDER = "cancel_order"
    DECIDE_ORDER = "decide_order"
    PAY_REFUND = "pay_refund"
    APPROVE_REFUND = "approve_refund"
    GIVE_BACK = "give_back"
    SEE_COST = "see_cost"
    EDIT_CATALOGUE = "edit_catalogue"
    SEE_MONEY = "see_money"
    SETTLE_INCIDENT = "settle_incident"
    SEE_TASKS = "see_tasks"
    EDIT_PAYMENT = "edit_payment"
    MATCH_MONEY = "match_money"
    EDIT_PARTNER = "edit_partner"


_COUNTER = {Can.SEE_DESK, Can.SELL, Can.SEE_ORDERS, Can.CONFIRM_PAYMENT, Can.CANCEL_ORDER}
_CARE = {Can.SEE_DESK, Can.SEE_ORDERS, Can.CANCEL_ORDER, Can.SEE_TASKS}

CAPABILITIES: dict[str, frozenset[Can]] = {
    Role.OWNER: frozenset(Can),
    Role.MANAGER: frozenset(Can),
    Role.CASHIER: frozenset(_COUNTER | {Can.PAY_REFUND, Can.MATCH_MONEY}),
    Role.CS: frozenset(_CARE),
    Role.TRAINER: frozenset({Can.SEE_DESK}),
}


@dataclass(frozen=True)
class Post:
    """Somebody's place at one dealer."""

    dealer: Dealer
    role: str

    def may(self, capability: Can) -> bool:
        """Whether this role has the capability."""
        return capability in CAPABILITIES[self.role]


def posts_of(user: User) -> list[Post]:
    """Where somebody works, by the dealer's name; looked up before any tenant is known."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT dealer_id, role FROM memberships_of(%s)", [user.pk])
        roles = dict(cursor.fetchall())
    return [Post(dealer, roles[dealer.pk]) for dealer in Dealer.objects.filter(pk__in=roles).order_by("name")]
