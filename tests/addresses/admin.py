"""The platform's admin: its admins and nobody else, and only tables that belong to no dealer."""

from collections.abc import Callable
from typing import Any

from tests.addresses.expect import Row, everyone, platform
from tests.worlds import World
from transactions.models import Brand, Prefix

Pk = Callable[[World], Any]


def _model(label: str, pk: Pk, *, add: int = 200, change: int = 200, delete: int = 403, **more: int) -> dict[str, Row]:
    """The pages that Django makes for one table; `history` and `view` are 302 where there is no such row."""
    app, model = label.split(".")
    name = f"admin:{app}_{model}"

    def at(world: World) -> dict[str, Any]:
        return {"object_id": pk(world)}

    return {
        f"{name}_changelist": Row(get=platform(200), post=platform(more.get("listed", 200))),
        f"{name}_add": Row(get=platform(add), post=platform(add)),
        f"{name}_history": Row(get=platform(more.get("history", 200)), post=platform(more.get("history", 200)), at=at),
        f"{name}_change": Row(get=platform(change), post=platform(more.get("changed", change)), at=at),
        f"{name}_delete": Row(get=platform(delete), post=platform(more.get("deleted", delete)), at=at),
        f"admin/{app}/{model}/<path:object_id>/": Row(
            get=platform(302), post=platform(302), path=lambda w: f"/admin/{app}/{model}/{pk(w)}/"
        ),
    }


def _none(_world: World) -> int:
    return 999_999


ROWS = {
    "admin:index": Row(get=platform(200), post=platform(200)),
    "admin:login": Row(get={**everyone(200), "admin": 302}, post=everyone(200)),
    "admin:logout": Row(get=platform(405), post=platform(302)),
    "admin:password_change": Row(get=platform(200), post=platform(200)),
    "admin:password_change_done": Row(get=platform(200), post=platform(405)),
    "admin:autocomplete": Row(get=platform(403), post=platform(405)),
    "admin:jsi18n": Row(get=platform(200), post=platform(405)),
    "admin:view_on_site": Row(
        get=platform(404), post=platform(404), at=lambda w: {"content_type_id": 999_999, "object_id": 1}
    ),
    "admin:auth_user_password_change": Row(get=platform(200), post=platform(200), at=lambda w: {"id": w.customer.pk}),
    "admin:app_list": Row(get=platform(200), post=platform(200), at=lambda w: {"app_label": "dealers"}),
    "admin/(?P<url>.*)$": Row(get=platform(404), post=platform(404), path=lambda w: "/admin/no/such/page"),
    **_model("dealers.user", lambda w: w.customer.pk),
    **_model("dealers.dealer", lambda w: w.dealer.pk, add=403),
    **_model("transactions.brand", lambda w: Brand.objects.values_list("pk", flat=True)[0]),
    **_model("transactions.prefix", lambda w: Prefix.objects.values_list("pk", flat=True)[0], delete=200),
    **_model("axes.accessattempt", _none, add=403, change=302, delete=302, history=302),
    **_model("axes.accesslog", _none, add=403, change=302, delete=302, history=302),
    **_model("axes.accessfailurelog", _none, add=403, change=302, delete=302, history=302),
}
