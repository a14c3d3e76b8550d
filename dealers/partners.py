"""Partners of a dealer and the keys of their machines: applying, inviting, deciding, issuing, rotating.

A key is shown once. What is kept is a keyed hash to find it by, and the key itself sealed, because a
signature can only be checked by whoever has it. Everything here runs inside the dealer's transaction.
"""

import ipaddress
import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from dealers.models import Dealer, Partner, PartnerKey, PartnerState, Scope, User
from portal.lib import vault
from portal.lib.vault import Place

OVERLAP_AT_MOST = timedelta(days=7)
"""How long a key that was replaced may go on working."""
PURPOSE = "partner_key.lookup"
_NAME_LENGTH, _SECRET_BYTES = 8, 24
EVERYTHING = tuple(scope.value for scope in Scope)


class UsernameTaken(Exception):
    """Another partner on the portal bears this user name; nothing was changed."""


class NotWaiting(Exception):
    """The application was decided before."""


@dataclass(frozen=True, kw_only=True)
class Application:
    """Who wants to buy by machine, or whom the dealer invites."""

    username: str
    name: str
    contact: str = ""
    email: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What a dealer agrees with a partner; the cap in rupiah a day, None for no bound."""

    tier: str
    daily_cap: int | None
    addresses: tuple[str, ...] = ()
    always_200: bool = False


@dataclass(frozen=True)
class Issued:
    """A key that has just been made: `plain` is shown now and never again."""

    key: PartnerKey
    plain: str


def apply(dealer: Dealer, wanted: Application) -> Partner:
    """Somebody asks to become a partner; the dealer decides. Raises `UsernameTaken`."""
    return _make(dealer, wanted, PartnerState.APPLIED)


def invite(dealer: Dealer, wanted: Application, *, by: User | None) -> Partner:
    """The dealer makes somebody a partner. Raises `UsernameTaken`."""
    partner = _make(dealer, wanted, PartnerState.ACTIVE)
    return _decided(partner, PartnerState.ACTIVE, by)


def _make(dealer: Dealer, wanted: Application, state: PartnerState) -> Partner:
    try:
        with transaction.atomic():
            return Partner.objects.create(
                dealer=dealer,
                username=wanted.username,
                name=wanted.name,
                contact=wanted.contact,
                email=wanted.email,
                note=wanted.note,
                state=state,
            )
    except IntegrityError as error:  # user names are unique on the whole portal, where we cannot look
        raise UsernameTaken(wanted.username) from error


def decide(partner: Partner, *, is_welcome: bool, by: User) -> Partner:
    """Answer an application. Raises `NotWaiting`."""
    locked = Partner.objects.select_for_update().get(dealer_id=partner.dealer_id, pk=partner.pk)
    if locked.state != PartnerState.APPLIED:
        raise NotWaiting
    return _decided(locked, PartnerState.ACTIVE if is_welcome else PartnerState.CLOSED, by)


def close(partner: Partner, *, by: User) -> Partner:
    """Take nothing more from a partner; its orders on the way end as they would have."""
    return _decided(partner, PartnerState.CLOSED, by)


def reopen(partner: Partner, *, by: User) -> Partner:
    """Let a partner buy again, with the keys that it had."""
    return _decided(partner, PartnerState.ACTIVE, by)


def _decided(partner: Partner, state: PartnerState, by: User | None) -> Partner:
    partner.state, partner.decided_at, partner.decided_by = state, timezone.now(), by
    partner.save(update_fields=["state", "decided_at", "decided_by"])
    return partner


def agree(partner: Partner, terms: Terms) -> Partner:
    """Change what was agreed. Raises ValueError for an address that is none."""
    partner.tier, partner.daily_cap, partner.always_200 = terms.tier, terms.daily_cap, terms.always_200
    partner.addresses = [network(address) for address in terms.addresses]
    partner.save(update_fields=["tier", "daily_cap", "always_200", "addresses"])
    return partner


def network(text: str) -> str:
    """An address or network (CIDR) in its one spelling. Raises ValueError."""
    found = ipaddress.ip_network(text.strip(), strict=False)
    return str(found.network_address) if found.num_addresses == 1 else str(found)


def issue(
    partner: Partner,
    *,
    scopes: tuple[str, ...] = EVERYTHING,
    is_sandbox: bool = False,
    by: User | None,
    plain: str = "",
) -> Issued:
    """A new key; `plain` is given only where somebody already has it (a client moved here with its key)."""
    plain = plain or f"kt_{'test' if is_sandbox else 'live'}_{secrets.token_urlsafe(_SECRET_BYTES)}"
    name = secrets.token_hex(_NAME_LENGTH // 2)
    key = PartnerKey.objects.create(
        dealer_id=partner.dealer_id,
        partner=partner,
        name=name,
        lookup=vault.lookup_hash(plain, purpose=PURPOSE),
        sealed=vault.seal(plain, aad=place(name, partner.dealer_id)),
        last4=plain[-4:],
        scopes=list(scopes),
        is_sandbox=is_sandbox,
        created_by=by,
    )
    return Issued(key, plain)


def rotate(key: PartnerKey, *, overlap: timedelta, by: User | None) -> Issued:
    """Replace a key by one that opens the same; the old one works until `overlap` (at most 7 days) has passed."""
    made = issue(key.partner, scopes=tuple(key.scopes), is_sandbox=key.is_sandbox, by=by)
    _end(key, timezone.now() + min(max(overlap, timedelta(0)), OVERLAP_AT_MOST))
    return made


def revoke(key: PartnerKey) -> None:
    """The key opens nothing from now on."""
    _end(key, timezone.now())


def _end(key: PartnerKey, at: object) -> None:
    rows = PartnerKey.objects.filter(dealer_id=key.dealer_id, pk=key.pk)
    rows.filter(expires_at__isnull=True).update(expires_at=at)
    rows.filter(expires_at__gt=at).update(expires_at=at)
    key.refresh_from_db(fields=["expires_at"])


def place(name: str, dealer_id: int) -> Place:
    """Where a sealed key stands."""
    return Place("partner_key", "sealed", name, dealer_id)


def plain_of(key: PartnerKey) -> str:
    """The key itself, to check a signature with. Raises `vault.CannotOpen`."""
    return vault.open_(key.sealed, aad=place(key.name, key.dealer_id))
