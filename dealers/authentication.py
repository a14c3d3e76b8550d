"""Which partner's machine is calling: by its key, or by a signature that only its key can make.

A key is found by a keyed hash before the dealer is known. A signature names the partner, whose keys
are then opened one by one. All answers to a stranger are alike, and none holds a key.
"""

import hmac
import ipaddress
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from hashlib import sha256

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from dealers import partners
from dealers.models import Dealer, Partner, PartnerKey, PartnerNonce, PartnerState
from dealers.models.partners import NONCE_LENGTH
from portal.lib import tenancy, vault

CLOCK_TOLERANCE_SECONDS = 300
NONCES_KEPT = timedelta(minutes=15)
"""Longer than a signature can be used: twice the tolerance, and some."""
_USED_AT_EVERY = timedelta(minutes=1)
_SCHEME = "v1="


class No(StrEnum):
    """Why a call is refused; the word is the problem's code."""

    UNKNOWN = "unauthenticated"
    CLOCK = "timestamp_out_of_range"
    REPLAYED = "replayed"
    ADDRESS = "address_not_allowed"
    APPLIED = "partner_not_approved"
    CLOSED = "partner_closed"
    SCOPE = "scope_missing"


@dataclass(frozen=True)
class Known:
    """Whose call it is; no name of a key where what was sent fits none of the partner's."""

    dealer_id: int
    partner_id: int
    key_name: str = ""
    is_sandbox: bool = False


class Refused(Exception):
    """The call is not taken; nothing was done. `by` says whose it was, where that is known."""

    def __init__(self, why: No, *, by: Known | None = None) -> None:
        super().__init__(str(why))
        self.why, self.by = why, by


@dataclass(frozen=True)
class Caller:
    """A partner's machine, by the key that it called with."""

    dealer: Dealer
    partner: Partner
    key: PartnerKey
    is_signed: bool = False

    @property
    def is_sandbox(self) -> bool:
        """Whether nothing that this key does moves money."""
        return self.key.is_sandbox

    @property
    def known(self) -> Known:
        """The same, as ids."""
        return _known(self.key)

    def demand(self, scope: str) -> None:
        """Go on only when the key opens this. Raises `Refused`."""
        if scope not in self.key.scopes:
            raise Refused(No.SCOPE, by=self.known)


@dataclass(frozen=True, kw_only=True)
class Signed:
    """A call signed by `Konter-Key`, `Konter-Timestamp` and `Konter-Signature`; `path` with its query."""

    username: str
    timestamp: str
    signature: str
    method: str
    path: str
    body: bytes


def by_key(plain: str, *, address: str) -> Caller:
    """Who has this key (`Authorization: Bearer`). Raises `Refused`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT dealer_id, partner_id, key_id FROM partner_key_by_lookup(%s)",
            [vault.lookup_hashes(plain, purpose=partners.PURPOSE)],
        )
        found = cursor.fetchone()
    if found is None:
        raise Refused(No.UNKNOWN)
    dealer_id, partner_id, key_id = found
    return _caller(dealer_id, partner_id, lambda key: key.pk == key_id, address=address)


def by_signature(call: Signed, *, address: str) -> Caller:
    """Who signed this call, at most 300 seconds ago or ahead. Raises `Refused`."""
    message = b".".join(
        (call.timestamp.encode(), call.method.upper().encode(), call.path.encode(), call.body),
    )

    def fits(plain: str) -> bool:
        return hmac.compare_digest(call.signature.encode(), signature(plain, message).encode())

    caller = by_proof(call.username, fits, address=address)
    if not call.timestamp.isascii() or not call.timestamp.isdecimal():
        raise Refused(No.CLOCK, by=caller.known)
    if abs(time.time() - int(call.timestamp)) > CLOCK_TOLERANCE_SECONDS:
        raise Refused(No.CLOCK, by=caller.known)
    return Caller(caller.dealer, caller.partner, caller.key, is_signed=True)


def signature(plain: str, message: bytes) -> str:
    """`v1=` and the HMAC-SHA256 of the message under the key, in hexadecimal."""
    return _SCHEME + hmac.new(plain.encode(), message, sha256).hexdigest()


def by_proof(username: str, fits: Callable[[str], bool], *, address: str) -> Caller:
    """The partner of this name, if one of its keys `fits` what it sent. Raises `Refused`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT dealer_id, partner_id FROM partner_by_username(%s)", [username])
        found = cursor.fetchone()
    if found is None:
        raise Refused(No.UNKNOWN)
    dealer_id, partner_id = found
    return _caller(dealer_id, partner_id, lambda key: fits(partners.plain_of(key)), address=address)


def is_username(username: str) -> bool:
    """Whether a partner bears this name: for dialects that answer a wrong name and a wrong key apart."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM partner_by_username(%s)", [username])
        return cursor.fetchone() is not None


def _caller(dealer_id: int, partner_id: int, is_it: Callable[[PartnerKey], bool], *, address: str) -> Caller:
    with tenancy.inside(dealer_id):
        keys = PartnerKey.objects.filter(dealer_id=dealer_id, partner_id=partner_id)
        rows = keys.select_related("partner", "dealer")
        key = next((each for each in rows if each.is_valid and is_it(each)), None)
        if key is None:
            raise Refused(No.UNKNOWN, by=Known(dealer_id, partner_id))
        _admit(key, address)
        _note_use(key)
    return Caller(key.dealer, key.partner, key)


def _known(key: PartnerKey) -> Known:
    return Known(key.dealer_id, key.partner_id, key.name, key.is_sandbox)


def _admit(key: PartnerKey, address: str) -> None:
    """A partner that may buy, calling from where it may call."""
    partner = key.partner
    if partner.state == PartnerState.APPLIED:
        raise Refused(No.APPLIED, by=_known(key))
    if partner.state == PartnerState.CLOSED:
        raise Refused(No.CLOSED, by=_known(key))
    if partner.addresses and not _is_within(address, partner.addresses):
        raise Refused(No.ADDRESS, by=_known(key))


def _is_within(address: str, networks: list[str]) -> bool:
    try:
        given = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(given in ipaddress.ip_network(each) for each in networks)


def _note_use(key: PartnerKey) -> None:
    now = timezone.now()
    if key.used_at is None or now - key.used_at > _USED_AT_EVERY:
        PartnerKey.objects.filter(dealer_id=key.dealer_id, pk=key.pk).update(used_at=now)


def use_nonce(caller: Caller, nonce: str) -> None:
    """Take a signed call that changes something once. Raises `Refused` without a nonce, and for one used before."""
    if not nonce or len(nonce) > NONCE_LENGTH:
        raise Refused(No.REPLAYED, by=caller.known)
    try:
        with tenancy.inside(caller.dealer.pk), transaction.atomic():
            PartnerNonce.objects.create(dealer=caller.dealer, partner=caller.partner, nonce=nonce)
    except IntegrityError as error:
        raise Refused(No.REPLAYED, by=caller.known) from error


def forget_nonces(dealer: Dealer) -> int:
    """Drop nonces whose signatures nobody can use any more; how many. Inside the dealer's transaction."""
    old = PartnerNonce.objects.filter(dealer=dealer, at__lt=timezone.now() - NONCES_KEPT)
    return old.delete()[0]
