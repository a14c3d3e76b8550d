"""What pages show of dealers, asked in one place."""

from django.db.models import Q, QuerySet

from dealers.models import Dealer
from portal.lib.prepared import Prepared

DIRECTORY_PAGE = 24


_BY_SLUG = Prepared(lambda slug: Dealer.objects.filter(slug=slug).order_by()[:1], slug=str)


def by_slug(slug: str) -> Dealer | None:
    """The dealer whose site this is: asked on nearly every request."""
    return _BY_SLUG.first(slug=slug)


def directory(words: str = "") -> QuerySet[Dealer]:
    """Dealers by name; each word must stand in the name or in the regency."""
    found = Dealer.objects.only("slug", "name", "regency", "is_open", "closed_note").order_by("name", "pk")
    for word in words.split():
        found = found.filter(Q(name__icontains=word) | Q(regency__icontains=word))
    return found
