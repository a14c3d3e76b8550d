"""A dealer's shop, which is everybody's, and orders, which are whoever's who has the secret link."""

from collections.abc import Mapping
from typing import Any

from tests.addresses.expect import Row, everyone
from tests.worlds import World


def _shop(world: World) -> Mapping[str, Any]:
    return {"dealer_slug": world.dealer.slug}


def _order(world: World) -> Mapping[str, Any]:
    return {"code": world.unpaid.code}


def _secret(world: World) -> Mapping[str, Any]:
    return {"t": world.unpaid.secret}


def _link(*, get: int, post: int) -> Row:
    return Row(get=everyone(get), post=everyone(post), at=_order, query=_secret)


ROWS = {
    "shop": Row(get=everyone(200), post=everyone(200), at=_shop),
    "quote": Row(get=everyone(405), post=everyone(422), at=_shop),
    "order": _link(get=200, post=405),
    "order_live": _link(get=200, post=405),
    "order_status": _link(get=200, post=405),
    # Nobody pretends to pay where there is no sandbox secret, as in production.
    "order_simulate": _link(get=405, post=404),
    "order_renew": _link(get=405, post=303),
    "order_cancel": _link(get=200, post=303),
}
