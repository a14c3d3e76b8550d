"""Resolves the dealer once, into `request.dealer`, and opens the dealer's transaction around the view.

A shop's address names its dealer (`/k/<dealer>/`). The desk's dealer is the one that the signed-in
person chose among those they work for. A view that talks to the outside, or opens its own
transactions, says so with `own_transactions`. What is changed at the desk is written down with the
name of whoever changed it.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from dealers import access, selectors
from dealers.models import Dealer, User
from portal.lib import tenancy, web

DESK_DEALER = "desk_dealer"
"""Session key: the slug of the dealer whose desk is open."""

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class DealerRequest(HttpRequest):
    """A request whose dealer is known; `post` is the signed-in person's place there, if any."""

    dealer: Dealer
    post: access.Post | None
    posts: list[access.Post]


def own_transactions(view: View) -> View:
    """Mark a view that opens its dealer's transactions itself."""
    view.own_transactions = True  # type: ignore[attr-defined]
    return view


class DealerMiddleware:
    """Sets `request.dealer`, `request.post` and `request.posts`; 404 for a dealer that does not exist."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with tenancy.acting(None):
            return self._get_response(request)

    def process_view(
        self, request: DealerRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Resolve, then run the view inside the dealer's transaction."""
        request.posts, request.post = [], None
        match = request.resolver_match
        if match is not None and "dealer_slug" in kwargs:
            request.dealer = _shop(kwargs.pop("dealer_slug"))
        elif match is not None and match.namespace == "desk" and request.user.is_authenticated:
            _open_desk(request)
        else:
            return None
        if getattr(view, "own_transactions", False):
            return None
        try:
            with tenancy.inside(request.dealer.pk):
                response: HttpResponseBase = view(request, *args, **kwargs)
        except Exception as error:  # a view run from here passes by the middlewares' process_exception
            answer = web.trouble_response(request, error)
            if answer is None:
                raise
            return answer
        return response


def _shop(slug: str) -> Dealer:
    dealer = selectors.by_slug(slug)
    if dealer is None:
        raise Http404("no such dealer")
    return dealer


def _open_desk(request: DealerRequest) -> None:
    if not isinstance(request.user, User):
        raise Http404
    request.posts = access.posts_of(request.user)
    if not request.posts:
        raise Http404("works for no dealer")
    wanted = request.session.get(DESK_DEALER)
    request.post = next((post for post in request.posts if post.dealer.slug == wanted), request.posts[0])
    request.dealer = request.post.dealer
    tenancy.act_for(request.user.pk)
