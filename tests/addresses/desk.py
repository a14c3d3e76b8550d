"""The desk: which role may open which page, and do what there."""

from collections.abc import Callable, Mapping
from typing import Any

from portal.lib import ids
from tests.addresses.expect import desk
from tests.worlds import World

ALL = "owner manager cashier cs trainer"
CARE = "owner manager cashier cs"
COUNTER = "owner manager cashier"
TASKS = "owner manager cs"
LEAD = "owner manager"

_SURE = {"sure": "on"}


def _code(which: str) -> Callable[[World], Mapping[str, Any]]:
    return lambda world: {"code": getattr(world, which).code}


def _pk(which: str) -> Callable[[World], Mapping[str, Any]]:
    return lambda world: {"pk": getattr(world, which).pk}


def _deposit(world: World) -> Mapping[str, Any]:
    return {"email": world.customer.email, "amount": "10.000", "token": ids.new_token(), **_SURE}


ROWS = {
    "desk:home": desk(ALL),
    "desk:menu": desk(ALL),
    "desk:switch": desk(ALL, get=405, post=302),
    "desk:sell": desk(COUNTER, post=200),
    "desk:cash": desk(COUNTER),
    "desk:orders": desk(CARE),
    "desk:orders_csv": desk(CARE),
    "desk:order": desk(CARE, at=_code("delivered")),
    "desk:order_cash": desk(COUNTER, post=302, at=_code("cash"), data=lambda w: _SURE, changes=True),
    "desk:order_cancel": desk(CARE, post=302, at=_code("unpaid"), data=lambda w: _SURE, changes=True),
    "desk:order_decide": desk(
        LEAD,
        post=302,
        at=_code("silent"),
        data=lambda w: {"verdict": "failed", "reason": "pemasok tidak menjawab", **_SURE},
    ),
    "desk:order_approve": desk(LEAD, get=405, post=302, at=_code("silent"), data=lambda w: _SURE),
    "desk:refund": desk(
        COUNTER, post=302, at=_pk("refund"), data=lambda w: {"way": "cash", "reference": "K-1", **_SURE}, changes=True
    ),
    "desk:tasks": desk(TASKS),
    "desk:task_close": desk(TASKS, get=405, post=302, at=_pk("task")),
    "desk:incidents": desk(LEAD),
    "desk:incident": desk(
        LEAD,
        post=302,
        at=_pk("incident"),
        data=lambda w: {"verdict": "dismiss", "note": "pemasok menarik kembali", **_SURE},
        changes=True,
    ),
    "desk:money": desk(LEAD),
    "desk:account": desk(LEAD, at=_pk("wallet")),
    "desk:account_csv": desk(LEAD, at=_pk("wallet")),
    "desk:wallets": desk(LEAD),
    "desk:deposit": desk(LEAD, post=302, data=_deposit, changes=True),
    "desk:products": desk(LEAD),
    "desk:product": desk(
        LEAD,
        post=302,
        at=lambda w: {"sku": w.product.sku},
        data=lambda w: {"name": "Nama baru", "is_open": "True"},
        changes=True,
    ),
    "desk:price": desk(
        LEAD,
        get=405,
        post=200,
        at=lambda w: {"sku": w.product.sku, "tier": "retail"},
        data=lambda w: {"retail-mode": "hand", "retail-amount": "12.000"},
    ),
    "desk:route": desk(LEAD, post=200, at=_pk("route")),
    "desk:rules": desk(LEAD),
    "desk:rule_add": desk(LEAD, post=200),
    "desk:rule": desk(LEAD, post=200, at=_pk("rule")),
    "desk:rule_delete": desk(LEAD, post=200, at=_pk("rule")),
    "desk:suppliers": desk(LEAD),
    "desk:supplier": desk(
        LEAD,
        post=302,
        at=lambda w: {"code": w.supplier.code},
        data=lambda w: {"closed_note": "gangguan", **_SURE},
        changes=True,
    ),
}
