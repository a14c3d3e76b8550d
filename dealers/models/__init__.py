"""Tables of the dealers app, one module per aggregate."""

from dealers.models.calls import Dialect, PartnerCall
from dealers.models.dealers import Dealer, Membership, Outlet, Role
from dealers.models.partners import Partner, PartnerKey, PartnerNonce, PartnerState, Scope
from dealers.models.pins import Pin
from dealers.models.rights import Grant
from dealers.models.users import PlatformRole, User

__all__ = [
    "Dealer",
    "Dialect",
    "Grant",
    "Membership",
    "Outlet",
    "Partner",
    "PartnerCall",
    "PartnerKey",
    "PartnerNonce",
    "PartnerState",
    "Pin",
    "PlatformRole",
    "Role",
    "Scope",
    "User",
]
