"""The platform's admin: its own sign-in for everybody but platform admins, whatever they are at a dealer.

Dealers, people and brands are never deleted (403), and a dealer is not added here. What axes wrote down may be
thrown away, which ends a lock; all its fields are read-only, so the form of a change saves nothing.
"""

from collections.abc import Callable

from tests.urls.rows import Row, Scene


def _only(platform: str) -> str:
    """Everybody but the platform's admin is sent to sign in."""
    return f"{'302 ' * 8}{platform}"


def _table(model: str, *, add: str, delete: str, change: str) -> list[Row]:
    """The six addresses of a model; `add`, `delete` and `change` are what they answer the platform's admin."""
    place = model.replace("_", "/")

    def pk(scene: Scene) -> list[object]:
        return [scene.admin_ids[model]]

    def bare(scene: Scene) -> str:
        return f"/admin/{place}/{scene.admin_ids[model]}/"

    pattern = f"admin/{place}/<path:object_id>/"
    return [
        Row(name=f"admin:{model}_changelist", get=_only("200"), post=_only("200")),
        Row(name=f"admin:{model}_add", get=_only(add), post=_only(add)),
        Row(name=f"admin:{model}_history", at=pk, get=_only("200"), post=_only("200")),
        Row(name=f"admin:{model}_delete", at=pk, get=_only(delete), post=_only(delete)),
        Row(name=f"admin:{model}_change", at=pk, get=_only("200"), post=_only(change)),
        Row(name=pattern, address=bare, get=_only("302"), post=_only("302")),
    ]


def _user(scene: Scene) -> list[object]:
    return [scene.people["customer"].pk]


_elsewhere: Callable[[Scene], str] = lambda _scene: "/admin/tidak/ada"  # noqa: E731  an address, not a function

# Statuses: stranger customer foreign owner manager cashier cs trainer platform; one number is for everybody.
ROWS = [
    Row(name="admin:index", get=_only("200"), post=_only("200")),
    Row(name="admin:login", get="200 200 200 200 200 200 200 200 302", post="200"),
    Row(name="admin:logout", get=_only("405"), post="302"),
    Row(name="admin:password_change", get=_only("200"), post=_only("200")),
    Row(name="admin:password_change_done", get=_only("200"), post=_only("405")),
    Row(name="admin:autocomplete", get=_only("403"), post=_only("405")),
    Row(name="admin:jsi18n", get=_only("200"), post=_only("405")),
    Row(name="admin:view_on_site", at=lambda s: [1, 1], get=_only("404"), post=_only("404")),
    Row(name="admin:auth_user_password_change", at=_user, get=_only("200"), post=_only("200")),
    Row(name="admin:app_list", at=lambda s: ["dealers"], get=_only("200"), post=_only("200")),
    Row(name="admin/(?P<url>.*)$", address=_elsewhere, get=_only("404"), post=_only("404")),
    *_table("dealers_user", add="200", delete="403", change="200"),
    *_table("dealers_dealer", add="403", delete="403", change="200"),
    *_table("transactions_brand", add="200", delete="403", change="200"),
    *_table("transactions_prefix", add="200", delete="200", change="200"),
    *_table("axes_accessattempt", add="403", delete="200", change="302"),
    *_table("axes_accesslog", add="403", delete="200", change="302"),
    *_table("axes_accessfailurelog", add="403", delete="200", change="302"),
]
