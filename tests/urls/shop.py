"""The storefront, orders behind their secret link, and what suppliers and gateways call."""

from portal.lib import tenancy
from tests import factories
from tests.urls.rows import Row, Scene
from transactions import form_tokens
from transactions.models import Proof


def _shop(scene: Scene) -> list[str]:
    return [scene.here.dealer.slug]


def _purchase(scene: Scene) -> dict[str, str]:
    return {
        "destination": factories.spelled(factories.number()),
        "sku": scene.here.product.sku,
        "gateway": "cash",
        "token": form_tokens.make(scene.here.dealer.pk),
    }


def _purchase_elsewhere(scene: Scene) -> dict[str, str]:
    """The token of another dealer's form, and a product that only this one has."""
    return {**_purchase(scene), "sku": scene.product.sku}


def _unpaid(scene: Scene) -> list[str]:
    return [scene.here.unpaid.code]


def _secret(scene: Scene) -> dict[str, str]:
    return {"t": scene.here.unpaid.secret}


def _owed(scene: Scene) -> list[object]:
    return [scene.here.refunded.code, scene.here.refund.number]


def _in_cash(_scene: Scene) -> dict[str, str]:
    return {"way": "cash"}


def _owed_secret(scene: Scene) -> dict[str, str]:
    return {"t": scene.here.refunded.secret}


def _wrong_secret(scene: Scene) -> dict[str, str]:
    """Of another order: a secret opens its own order and no other."""
    return {"t": scene.here.cash.secret}


def _by_qris(scene: Scene) -> dict[str, str]:
    return {"t": scene.here.by_qris.secret}


def _delivered(scene: Scene) -> list[str]:
    return [scene.here.delivered.code]


def _secret_of_delivered(scene: Scene) -> dict[str, str]:
    return {"t": scene.here.delivered.secret}


def _code_and_end(scene: Scene) -> dict[str, str]:
    return {"kode": scene.here.delivered.code, "akhir": scene.here.delivered.destination[-4:]}


def _proof(scene: Scene) -> list[str]:
    with tenancy.inside(scene.here.dealer.pk):
        return [Proof.objects.earliest("pk").code]


ROWS = [
    Row(name="shop", at=_shop, get="200", post="303", fields=_purchase, changes=True),
    Row(name="shop", at=lambda s: [s.there.dealer.slug], get="200", post="422", fields=_purchase_elsewhere),
    Row(name="shop", at=lambda s: ["tidak-ada"], get="404", post="404", fields=_purchase),
    Row(name="developers", at=_shop, get="200", post="405"),
    Row(name="developers", at=lambda s: ["tidak-ada"], get="404", post="404"),
    Row(name="quote", at=_shop, get="405", post="200", fields=lambda s: {"destination": "081234567890"}),
    Row(name="order", get="200", post="405", at=_unpaid, query=_secret),
    Row(name="order", get="404", post="405", at=_unpaid, query=_wrong_secret),
    Row(name="order_live", get="200", post="405", at=_unpaid, query=_secret),
    Row(name="order_live", get="404", post="405", at=_unpaid, query=_wrong_secret),
    Row(name="order_status", get="200", post="405", at=_unpaid, query=_secret),
    Row(name="order_status", get="404", post="405", at=_unpaid, query=_wrong_secret),
    # The sandbox has no secret here, as in production: nobody can pretend to pay.
    Row(name="order_simulate", get="405", post="404", at=_unpaid, query=_secret),
    Row(name="order_renew", get="405", post="303", at=_unpaid, query=_secret),
    Row(name="order_renew", get="405", post="404", at=_unpaid, query=_wrong_secret),
    Row(
        name="order_method",
        get="405",
        post="303",
        at=_unpaid,
        query=_secret,
        fields=lambda s: {"gateway": "cash"},
        changes=True,
    ),
    Row(
        name="order_method",
        get="405",
        post="404",
        at=_unpaid,
        query=_wrong_secret,
        fields=lambda s: {"gateway": "cash"},
    ),
    Row(name="order_qris", get="200", post="405", at=lambda s: [s.here.by_qris.code], query=_by_qris),
    Row(name="order_qris", get="404", post="405", at=lambda s: [s.here.by_qris.code], query=_wrong_secret),
    Row(name="order_qris", get="404", post="405", at=_unpaid, query=_secret),
    Row(name="order_cancel", get="200", post="303", at=_unpaid, query=_secret, changes=True),
    Row(name="order_cancel", get="404", post="404", at=_unpaid, query=_wrong_secret),
    Row(name="order_refund", at=_owed, query=_owed_secret, get="200", post="303", fields=_in_cash, changes=True),
    Row(name="order_refund", at=_owed, query=_wrong_secret, get="404", post="404", fields=_in_cash),
    Row(
        name="order_refund",
        at=lambda s: [s.here.refunded.code, 99],
        query=_owed_secret,
        get="404",
        post="404",
        fields=_in_cash,
    ),
    Row(
        name="order_rate",
        get="405",
        post="303",
        at=_delivered,
        query=_secret_of_delivered,
        fields=lambda s: {"good": "1"},
        changes=True,
    ),
    Row(name="order_rate", get="405", post="404", at=_delivered, query=_wrong_secret, fields=lambda s: {"good": "1"}),
    Row(name="order_slip", get="200", post="405", at=_delivered, query=_secret_of_delivered),
    Row(name="order_slip", get="404", post="405", at=_delivered, query=_wrong_secret),
    # Nothing has arrived: there is no receipt yet, and the order's page says why.
    Row(name="order_slip", get="302", post="405", at=_unpaid, query=_secret),
    Row(name="order_slip_printer", get="200", post="405", at=_delivered, query=_secret_of_delivered),
    Row(name="order_slip_printer", get="404", post="405", at=_delivered, query=_wrong_secret),
    Row(name="order_slip_picture", get="200", post="405", at=_delivered, query=_secret_of_delivered),
    Row(name="order_slip_picture", get="404", post="405", at=_delivered, query=_wrong_secret),
    Row(name="lookup", get="200", post="200", fields=_code_and_end),
    Row(name="lookup", get="200", post="404", fields=lambda s: {**_code_and_end(s), "akhir": "0000"}),
    Row(name="lookup", get="200", post="422"),
    Row(name="verify", get="200", post="405", at=_proof),
    Row(name="verify", get="404", post="405", at=lambda s: ["0" * 20]),
    Row(
        name="partnering",
        at=_shop,
        fields=lambda s: {"name": "Baru", "username": "mitra-baru", "contact": "A", "email": "a@contoh.test"},
        changes=True,
        get="200",
        post="201",
    ),
    Row(name="service", get="200", post="405", at=_shop),
    Row(name="hooks:supplier", at=lambda s: [s.here.dealer.slug, s.supplier.code], get="405", post="401"),
    Row(name="hooks:supplier", at=lambda s: [s.there.dealer.slug, s.supplier.code], get="405", post="404"),
    Row(name="hooks:payment", at=lambda s: ["sandbox"], get="405", post="401"),
    Row(name="hooks:payment", at=lambda s: ["qris"], get="405", post="401"),
    Row(name="hooks:payment", at=lambda s: ["transfer"], get="405", post="401"),
    Row(name="hooks:payment", at=lambda s: ["tidak-ada"], get="405", post="404"),
]
