"""How a dealer's brands and routes work right now, for everybody to see."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dealers.middleware import DealerRequest
from transactions import ratings, service


@require_safe
def status(request: DealerRequest) -> HttpResponse:
    """Per brand and route: orders, success, times, and what is wrong now."""
    context = {"s": service.now(request.dealer), "opinion": ratings.opinion(request.dealer.pk)}
    answer = render(request, "storefront/service.html", context)
    answer["Cache-Control"] = "private, no-cache"
    return answer
