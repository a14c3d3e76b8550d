"""The history of the catalogue: every edit, or those of one thing."""

from django.db.models import Q
from django.http import HttpResponse
from django.views.decorators.http import require_GET

from dealers.access import Can
from dealers.guards import desk
from dealers.middleware import DealerRequest
from transactions.desk_forms.catalogue import HistoryFilter
from transactions.desk_selectors import history
from transactions.models import Place
from transactions.views.desk.page import page, paged


@desk(Can.EDIT_CATALOGUE)
@require_GET
def index(request: DealerRequest) -> HttpResponse:
    """GET /desk/riwayat/?place=…&row=…: newest first; of a product with its prices and routes."""
    form = HistoryFilter(request.GET)
    shown = paged(request, history.edits(request.dealer, _which(request, form)))
    lines = history.lines(request.dealer, shown.object_list)
    return page(request, "desk/history.html", section="history", form=form, shown=shown, lines=lines)


def _which(request: DealerRequest, form: HistoryFilter) -> Q:
    form.is_valid()
    place, row = form.cleaned_data.get("place", ""), form.cleaned_data.get("row")
    if not place or row is None:
        return Q(place=place) if place else Q()
    product = request.dealer.products.filter(pk=row).first() if place == Place.PRODUCT else None
    return history.of_product(product) if product else history.of_row(Place(place), row)
