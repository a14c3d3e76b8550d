"""Opening a dealer: its book, its first outlet, its owner and, if it buys from the operator's stock, its wallet there.

All of it stands after one transaction, or none of it. This is the only way in which a dealer begins, the
operator (dealer zero) and the demo's included. It joins apps that do not know each other, so it lives here.
"""

import re
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection, transaction
from django.utils import translation

from dealers import people, rights
from dealers.models import Dealer, Membership, Outlet, Role, User
from dealers.models.dealers import Zone
from portal.lib import tenancy
from transactions import ledger, stock

OUTLET = "Gerai utama"
RESERVED = frozenset(
    {
        *("admin", "akun", "api", "app", "bahasa", "belajar", "cek", "demo", "desk", "h2h", "healthz", "hooks"),
        *("internal", "login", "luring", "mail", "maturity", "metrics", "portal", "robots", "static", "status"),
        *("support", "www"),
    }
)
"""Words of the portal's own addresses and usual host names: a shop that bears one could pass for the portal."""
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_SHORTEST, _LONGEST = 3, 35  # a partner's username is 40 long, and the dealer's is "<slug>-stok"
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('portal.opening'))"


class Refused(Exception):
    """Nothing was opened; the message is a sentence for whoever asked."""


class BadSlug(Refused):
    """The slug cannot stand in an address."""


class ReservedSlug(Refused):
    """The slug is one of the portal's own words."""


class SlugTaken(Refused):
    """Another dealer, or another partner, has this name."""


class BadEmail(Refused):
    """The owner's e-mail is no address."""


class BadDetail(Refused):
    """The name, town, address, phone, zone or colour cannot be stored as it is."""


class OwnerSwitchedOff(Refused):
    """The owner's account exists and may not sign in."""


class NoOperator(Refused):
    """There is no dealer zero yet whose stock could be sold."""


class OperatorExists(Refused):
    """The portal has its dealer zero already."""


class OperatorBuysNoStock(Refused):
    """Dealer zero was asked to buy from itself."""


@dataclass(frozen=True, kw_only=True)
class NewDealer:
    """What is asked for. `owner` is an e-mail, `phone` E.164 or empty, `colour` `#rrggbb`."""

    slug: str
    name: str
    owner: str
    owner_name: str = ""
    is_zero: bool = False
    buys_stock: bool = True
    regency: str = ""
    address: str = ""
    phone: str = ""
    time_zone: str = Zone.WIB
    colour: str = "#0b6b55"
    source: str = "opening"
    """On whose word the right to buy stock is given."""


@dataclass(frozen=True, kw_only=True)
class Opened:
    """The dealer as it stands, and what of it this call has made."""

    dealer: Dealer
    owner: User
    buys_stock: bool
    is_new: bool
    """False: it stood already, and nothing was changed."""
    is_owner_new: bool
    """True: the account was made just now and has no password yet; `invite` sends the link to choose one."""


def open_dealer(wanted: NewDealer) -> Opened:
    """Open the dealer, or find it open with this owner already. Call outside any dealer's transaction.

    Raises a `Refused` with a sentence; then nothing was changed.
    """
    _check_slug(wanted.slug)
    if wanted.is_zero and wanted.buys_stock:
        raise OperatorBuysNoStock("The operator owns the stock and cannot buy it.")
    email = _email(wanted.owner)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_LOCK)  # one opening at a time: what is checked below stays true until it is written
        if (found := Dealer.objects.filter(slug=wanted.slug).first()) is not None:
            return _as_it_stands(found, wanted, email)
        _check_zero(wanted)
        owner, is_owner_new = _owner(email, wanted.owner_name)
        dealer = _dealer(wanted)
        _furnish(dealer, owner)
        if wanted.buys_stock:
            _buy_stock(dealer, source=wanted.source)
    return Opened(dealer=dealer, owner=owner, buys_stock=wanted.buys_stock, is_new=True, is_owner_new=is_owner_new)


def invite(opened: Opened) -> None:
    """Send a new owner the link that sets the first password. Call once the opening is committed.

    Raises `OSError` (as which `SMTPException` counts) when the mail cannot be handed over; the owner can then
    ask for the link on the portal.
    """
    if opened.is_owner_new:
        people.invite_owner(opened.owner, shop=opened.dealer.name)


def _check_slug(slug: str) -> None:
    if not _SHORTEST <= len(slug) <= _LONGEST or not _SLUG.fullmatch(slug):
        raise BadSlug(
            f"{slug!r} cannot be a dealer's address: use {_SHORTEST} to {_LONGEST} lower-case letters and digits, "
            "with single hyphens between words."
        )
    if slug in RESERVED:
        raise ReservedSlug(f"{slug!r} is one of the portal's own words; choose another address.")


def _email(text: str) -> str:
    email = text.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise BadEmail(f"{text!r} is not an e-mail address.") from None
    if len(email) > 254:
        raise BadEmail("The owner's e-mail address is longer than 254 characters.")
    return email


def _as_it_stands(dealer: Dealer, wanted: NewDealer, email: str) -> Opened:
    with tenancy.inside(dealer.pk):
        post = Membership.objects.filter(dealer=dealer, role=Role.OWNER, is_active=True, user__email=email)
        found = post.select_related("user").first()
        buys_stock = rights.holds(dealer.pk, rights.BUY_STOCK)
    if found is None:
        raise SlugTaken(f"The address {dealer.slug!r} is taken: {dealer.name} has it, and {email} is not its owner.")
    if dealer.is_zero != wanted.is_zero:
        kind = "the operator" if dealer.is_zero else "not the operator"
        raise SlugTaken(f"The address {dealer.slug!r} is taken: {dealer.name} has it and is {kind}.")
    return Opened(dealer=dealer, owner=found.user, buys_stock=buys_stock, is_new=False, is_owner_new=False)


def _check_zero(wanted: NewDealer) -> None:
    """There is one dealer zero, and it comes before whoever buys its stock."""
    zero = Dealer.objects.filter(is_zero=True).first()
    if wanted.is_zero and zero is not None:
        raise OperatorExists(f"This portal has its operator already: {zero.slug} ({zero.name}).")
    if wanted.buys_stock and zero is None:
        raise NoOperator(
            "This portal has no operator yet whose stock could be sold. "
            "Open the operator first, or open this dealer without stock."
        )


def _owner(email: str, name: str) -> tuple[User, bool]:
    given = {"name": (name.strip() or email.partition("@")[0])[:120], "password": make_password(None)}
    owner, is_new = User.objects.get_or_create(email=email, defaults=given)
    if not owner.is_active:
        raise OwnerSwitchedOff(f"The account {email} is switched off; switch it on in /admin/ or name another owner.")
    return owner, is_new


def _dealer(wanted: NewDealer) -> Dealer:
    dealer = Dealer(
        slug=wanted.slug,
        name=wanted.name.strip(),
        is_zero=wanted.is_zero,
        regency=wanted.regency.strip(),
        address=wanted.address.strip(),
        phone=wanted.phone,
        time_zone=wanted.time_zone,
        brand_colour=wanted.colour,
    )
    try:
        with translation.override("en"):
            dealer.clean_fields(exclude=["slug"])
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise BadDetail(f"{field}: {messages[0]}") from error
    for field in ("name", "regency", "address"):
        if not getattr(dealer, field).isprintable():
            raise BadDetail(f"{field}: write it in one line, without control characters.")
    if dealer.phone and not _PHONE.fullmatch(dealer.phone):
        raise BadDetail("phone: write it with its country, digits only, like +622131900000.")
    dealer.save(force_insert=True)
    return dealer


def _furnish(dealer: Dealer, owner: User) -> None:
    with tenancy.inside(dealer.pk):
        ledger.open_book(dealer.pk)
        Outlet.objects.create(dealer=dealer, name=OUTLET, address=dealer.address)
        Membership.objects.create(dealer=dealer, user=owner, role=Role.OWNER)


def _buy_stock(dealer: Dealer, *, source: str) -> None:
    with tenancy.inside(dealer.pk):
        rights.grant(dealer, rights.BUY_STOCK, source=source)
    try:
        stock.join(dealer)
    except stock.NameTaken as taken:
        raise SlugTaken(
            f"A partner is called {str(taken)!r} already; choose another address than {dealer.slug!r}."
        ) from taken
