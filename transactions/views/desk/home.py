"""The desk's first page, the menu of everything, and the switch between dealers."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from dealers.access import Can
from dealers.guards import desk
from dealers.middleware import DESK_DEALER, DealerRequest
from transactions.desk_selectors import beginning, catalogue, home, waiting
from transactions.views.desk.page import page


@desk(Can.SEE_DESK)
@require_GET
def index(request: DealerRequest) -> HttpResponse:
    """GET /desk/"""
    dealer, post = request.dealer, request.post
    steps = beginning.steps(dealer) if post is not None and post.may(Can.EDIT_CATALOGUE) else []
    return page(
        request,
        "desk/home.html",
        section="home",
        today=home.today(dealer),
        deposits=catalogue.suppliers(dealer),
        tasks=waiting.items(list(home.open_tasks(dealer)[:6])),
        late=home.late_orders(dealer)[:6],
        last=home.last_orders(dealer),
        steps=steps,
        has_something_to_sell=not steps or steps[-1].is_done,
    )


@desk(Can.SEE_DESK)
@require_GET
def menu(request: DealerRequest) -> HttpResponse:
    """GET /desk/menu/: every page, for the phone's last button."""
    return page(request, "desk/menu.html", section="menu")


@desk(Can.SEE_DESK)
@require_POST
def switch(request: DealerRequest) -> HttpResponse:
    """POST /desk/switch/ with `dealer`, the slug of a dealer where this person works; others change nothing."""
    wanted = request.POST.get("dealer", "")
    if any(post.dealer.slug == wanted for post in request.posts):
        request.session[DESK_DEALER] = wanted
    return redirect("desk:home")
