"""What pages show of dealers, asked in one place."""

from django.db.models import Q, QuerySet

from dealers.models import Dealer

DIRECTORY_PAGE = 24


def directory(words: str = "") -> QuerySet[Dealer]:
    """Dealers by name; each word must stand in the name or in the regency."""
    found = Dealer.objects.only("slug", "name", "regency", "is_open", "closed_note").order_by("name", "pk")
    for word in words.split():
        found = found.filter(Q(name__icontains=word) | Q(regency__icontains=word))
    return found
