"""Decorators that stand before the desk's views: signed in, working here, and able to."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http.response import HttpResponseBase

from dealers.access import Can
from dealers.middleware import DealerRequest

DeskView = Callable[..., HttpResponseBase]


def desk(capability: Can) -> Callable[[DeskView], DeskView]:
    """Only for staff of `request.dealer` with this capability: sign-in for strangers, 403 for the others."""

    def guard(view: DeskView) -> DeskView:
        @wraps(view)
        def guarded(request: DealerRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if request.post is None or not request.post.may(capability):
                raise PermissionDenied(str(capability))
            return view(request, *args, **kwargs)

        guarded.capability = capability  # type: ignore[attr-defined]
        return guarded

    return guard
