"""The numbers that were topped up from this device: a signed cookie, no account.

Whoever holds the phone sees them with their middle hidden. The cookie belongs to one shop, is readable by the server
only, lives for 90 days and goes with one press.
"""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from dealers.models import Dealer
from portal.templatetags.words import phone_masked
from transactions import catalog
from transactions.models import Brand, Kind

COOKIE = "nomor"
_SALT = "konter.recents"
_SECONDS = 90 * 24 * 3600
MOST = 5


@dataclass(frozen=True)
class Recent:
    """A number (E.164 or a meter's) by its place in the cookie, and the brand that its prefix speaks for."""

    place: int
    destination: str
    brand: Brand | None

    @property
    def masked(self) -> str:
        """As a chip shows it."""
        return phone_masked(self.destination)


def numbers(request: HttpRequest) -> list[str]:
    """The newest first; none when the cookie is missing, too old or not ours."""
    kept = request.get_signed_cookie(COOKIE, default="", salt=_SALT, max_age=_SECONDS)
    return [number for number in (kept or "").split(" ") if number][:MOST]


def shown(request: HttpRequest, kind: Kind) -> list[Recent]:
    """Those that fit what is sold: meters for PLN, phones for the rest."""
    places = {number: place for place, number in enumerate(numbers(request)) if _is_meter(number) == (kind == Kind.PLN)}
    brands = catalog.brands_of(list(places))
    return [Recent(place, number, brands.get(number)) for number, place in places.items()]


def at(request: HttpRequest, place: str) -> str:
    """The number in this place, or nothing."""
    kept = numbers(request)
    return kept[int(place)] if place.isdecimal() and len(place) < 3 and int(place) < len(kept) else ""


def remember(answer: HttpResponse, request: HttpRequest, dealer: Dealer, destination: str) -> None:
    """Put a number first."""
    kept = [destination, *(number for number in numbers(request) if number != destination)][:MOST]
    answer.set_signed_cookie(
        COOKIE,
        " ".join(kept),
        salt=_SALT,
        max_age=_SECONDS,
        path=_path(dealer),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def forget(answer: HttpResponse, dealer: Dealer) -> None:
    """Forget all of them."""
    answer.delete_cookie(COOKIE, path=_path(dealer), samesite="Lax")


def _path(dealer: Dealer) -> str:
    return reverse("shop", args=[dealer.slug])


def _is_meter(number: str) -> bool:
    return not number.startswith("+")
