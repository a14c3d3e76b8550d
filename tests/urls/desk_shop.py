"""The desk's pages of the shop itself: products, prices, suppliers, partners, and where money is taken."""

from dealers.models import PartnerCall, PartnerKey
from portal.lib import tenancy
from tests import factories
from tests.urls.api import hook, told
from tests.urls.rows import Row, Scene


def _cost(scene: Scene) -> dict[str, str]:
    return {"supplier_sku": scene.route.supplier_sku, "cost": "10.300", "rank": "1", "is_open": "on"}


def _rule(_scene: Scene) -> dict[str, str]:
    return {"tier": "retail", "fixed": "900", "percent_bp": "0", "round_to": "100"}


def _new_supplier(_scene: Scene) -> dict[str, str]:
    # A literal address: no name is looked up, and nothing is sent there.
    account = {"base_url": "https://8.8.8.8/v1", "username": "toko", "api_key": "kunci-rahasia"}
    return {"connector": "digiflazz", "name": "Pemasok lain", "code": "lain", **account}


def _same_address(scene: Scene) -> dict[str, str]:
    return {"name": "Nama lain", "base_url": scene.supplier.base_url, "username": "toko"}


def _new_product(scene: Scene) -> dict[str, str]:
    return {"kind": "pulsa", "brand": str(scene.brand.pk), "name": "Baru 5", "nominal": "5.000", "sku": "BARU5"}


def _new_route(scene: Scene) -> dict[str, str]:
    return {"supplier": str(scene.here.supplier.pk), "supplier_sku": "X5", "cost": "5.200", "rank": "2"}


def _mitra(scene: Scene) -> list[str]:
    return [f"{scene.here.dealer.slug}-mitra"]


def _mitra_key(scene: Scene) -> list[str]:
    with tenancy.inside(scene.here.dealer.pk):
        return [*_mitra(scene), PartnerKey.objects.earliest("pk").name]


def _mitra_call(scene: Scene) -> list[object]:
    with tenancy.inside(scene.here.dealer.pk):
        return [*_mitra(scene), PartnerCall.objects.earliest("pk").pk]


_OWN_GET = "302 404 200 200 200 403 403 403 404"
_THEIRS_GET = "302 404 404 200 200 403 403 403 404"
_OWN_POST = "302 404 404 302 302 403 403 403 404"
_POST_ONLY = _GET_ONLY = "302 404 405 405 405 403 403 403 404"

# Statuses: stranger customer foreign owner manager cashier cs trainer platform.
_NO_STOCK = "302 404 404 404 404 403 403 403 404"
ROWS = [
    Row(
        name="desk:qris",
        fields=lambda s: {
            "keep": "1",
            "payload": factories.sticker("TOKO BARU"),
            "sure": "on",
            "password": "konter-test-123",
        },
        changes=True,
        get="302 404 200 200 200 403 403 403 404",
        post="302 404 302 302 302 403 403 403 404",
    ),
    Row(
        name="desk:qris_close",
        changes=True,
        get="302 404 405 405 405 403 403 403 404",
        post="302 404 302 302 302 403 403 403 404",
    ),
    Row(
        name="desk:bank_accounts",
        fields=lambda s: {"bank": "BRI", "number": "0012345678", "holder": "Toko", "password": "konter-test-123"},
        changes=True,
        get="302 404 200 200 200 403 403 403 404",
        post="302 404 302 302 302 403 403 403 404",
    ),
    # Neither of the two dealers buys dealer zero's stock.
    Row(name="desk:stock_deposits", get=_NO_STOCK, post=_NO_STOCK),
    Row(name="desk:stock_deposit", at=lambda s: [s.here.deposit.code], get=_NO_STOCK, post=_NO_STOCK),
    Row(
        name="desk:stock_deposit_give_up",
        at=lambda s: [s.here.deposit.code],
        get="302 404 405 405 405 403 403 403 404",
        post=_NO_STOCK,
    ),
    Row(
        name="desk:partners",
        fields=lambda s: {"name": "Baru", "username": "mitra-baru", "contact": "A", "email": "a@contoh.test"},
        changes=True,
        get=_OWN_GET,
        post="302 404 302 302 302 403 403 403 404",
    ),
    Row(
        name="desk:partner",
        at=_mitra,
        fields=lambda s: {"daily_cap": "5.000"},
        changes=True,
        get=_THEIRS_GET,
        post=_OWN_POST,
    ),
    *(
        Row(name=f"desk:{name}", at=_mitra, get=_THEIRS_GET, post=_GET_ONLY)
        for name in ("partner_calls", "partner_calls_csv", "partner_status")
    ),
    Row(name="desk:partner_call", at=_mitra_call, get=_THEIRS_GET, post=_GET_ONLY),
    Row(name="desk:partner_decide", at=_mitra, get=_POST_ONLY, post=_OWN_POST),
    Row(name="desk:partner_switch", at=_mitra, changes=True, get=_POST_ONLY, post=_OWN_POST),
    Row(
        name="desk:partner_key_new",
        at=_mitra,
        fields=lambda s: {"scopes": "read", "password": "konter-test-123"},
        changes=True,
        get=_THEIRS_GET,
        post="302 404 404 200 200 403 403 403 404",
    ),
    Row(
        name="desk:partner_key",
        at=_mitra_key,
        fields=lambda s: {"days": "1", "password": "konter-test-123"},
        changes=True,
        get=_THEIRS_GET,
        post="302 404 404 200 200 403 403 403 404",
    ),
    Row(name="desk:partner_key_revoke", at=_mitra_key, changes=True, get=_POST_ONLY, post=_OWN_POST),
    Row(
        name="desk:bank_account_switch",
        at=lambda s: [s.here.line.account_id],
        changes=True,
        get="302 404 405 405 405 403 403 403 404",
        post="302 404 404 302 302 403 403 403 404",
    ),
    Row(
        name="desk:product_add",
        fields=_new_product,
        changes=True,
        get="302 404 200 200 200 403 403 403 404",
        post="302 404 302 302 302 403 403 403 404",
    ),
    Row(
        name="desk:route_add",
        at=lambda s: [s.product.sku],
        fields=_new_route,
        shown_first=True,
        changes=True,
        get="302 404 404 200 200 403 403 403 404",
        post="302 404 404 302 302 403 403 403 404",
    ),
    Row(
        name="desk:products",
        get="302 404 200 200 200 403 403 403 404",
        post="302 404 405 405 405 403 403 403 404",
    ),
    Row(
        name="desk:product",
        at=lambda s: [s.product.sku],
        fields=lambda s: {"name": "Nama lain", "is_open": "True"},
        changes=True,
        get="302 404 404 200 200 403 403 403 404",
        post="302 404 404 302 302 403 403 403 404",
    ),
    Row(
        name="desk:price",
        at=lambda s: [s.product.sku, "retail"],
        fields=lambda s: {"retail-mode": "hand", "retail-amount": "12.500"},
        shown_first=True,
        changes=True,
        get="302 404 405 405 405 403 403 403 404",
        post="302 404 404 302 302 403 403 403 404",
    ),
    Row(
        name="desk:route",
        at=lambda s: [s.route.pk],
        fields=_cost,
        shown_first=True,
        changes=True,
        get="302 404 404 200 200 403 403 403 404",
        post="302 404 404 302 302 403 403 403 404",
    ),
    Row(
        name="desk:rules",
        get="302 404 200 200 200 403 403 403 404",
        post="302 404 405 405 405 403 403 403 404",
    ),
    Row(
        # Another dealer's owner writes a rule of their own.
        name="desk:rule_add",
        fields=_rule,
        shown_first=True,
        changes=True,
        get="302 404 200 200 200 403 403 403 404",
        post="302 404 302 302 302 403 403 403 404",
    ),
    Row(
        name="desk:rule",
        at=lambda s: [s.here.rule.pk],
        fields=_rule,
        shown_first=True,
        changes=True,
        get="302 404 404 200 200 403 403 403 404",
        post="302 404 404 302 302 403 403 403 404",
    ),
    Row(
        name="desk:rule_delete",
        at=lambda s: [s.here.rule.pk],
        shown_first=True,
        changes=True,
        get="302 404 404 200 200 403 403 403 404",
        post="302 404 404 302 302 403 403 403 404",
    ),
    Row(
        name="desk:history",
        get="302 404 200 200 200 403 403 403 404",
        post="302 404 405 405 405 403 403 403 404",
    ),
    Row(
        name="desk:suppliers",
        get="302 404 200 200 200 403 403 403 404",
        post="302 404 405 405 405 403 403 403 404",
    ),
    Row(
        name="desk:supplier_add",
        fields=_new_supplier,
        changes=True,
        get="302 404 200 200 200 403 403 403 404",
        post="302 404 302 302 302 403 403 403 404",
    ),
    Row(
        # There is no dealer zero here whose stock could be bought.
        name="desk:supplier_stock",
        get="302 404 405 405 405 403 403 403 404",
        post="302 404 302 302 302 403 403 403 404",
    ),
    Row(
        name="desk:supplier",
        at=lambda s: [s.supplier.code],
        get="302 404 404 200 200 403 403 403 404",
        post="302 404 405 405 405 403 403 403 404",
    ),
    Row(
        name="desk:supplier_edit",
        at=lambda s: [s.supplier.code],
        fields=_same_address,
        changes=True,
        get="302 404 404 200 200 403 403 403 404",
        post="302 404 404 302 302 403 403 403 404",
    ),
    Row(
        # Nobody answers at that address: what is known of the balance stays.
        name="desk:supplier_ask",
        at=lambda s: [s.supplier.code],
        get="302 404 405 405 405 403 403 403 404",
        post="302 404 404 302 302 403 403 403 404",
    ),
    *(
        Row(
            # Nobody answers at that address: nothing is sold and nothing is kept.
            name=f"desk:{name}",
            at=lambda s: [s.supplier.code],
            get="302 404 405 405 405 403 403 403 404",
            post="302 404 404 302 302 403 403 403 404",
        )
        for name in ("supplier_trial", "supplier_report")
    ),
    Row(
        name="desk:price_list",
        at=lambda s: [s.supplier.code],
        get="302 404 404 200 200 403 403 403 404",
        post="302 404 405 405 405 403 403 403 404",
    ),
    Row(
        # Nobody answers at that address: a run that failed is written down.
        name="desk:price_list_fetch",
        at=lambda s: [s.supplier.code],
        changes=True,
        get="302 404 405 405 405 403 403 403 404",
        post="302 404 404 302 302 403 403 403 404",
    ),
    Row(
        # Seldom anything but 404: a list is held for this supplier of the scene.
        name="desk:price_list_held",
        at=lambda s: [s.supplier.code],
        fields=lambda s: {"verdict": "discard", "seen": s.held.digest, "sure": "on"},
        changes=True,
        get="302 404 404 200 200 403 403 403 404",
        post="302 404 404 302 302 403 403 403 404",
    ),
    Row(
        name="desk:price_list_take",
        at=lambda s: [s.supplier.code],
        fields=lambda s: {"pick": "s5"},
        shown_first=True,
        changes=True,
        get="302 404 405 405 405 403 403 403 404",
        post="302 404 404 302 302 403 403 403 404",
    ),
    Row(
        name="desk:supplier_switch",
        at=lambda s: [s.supplier.code],
        fields=lambda s: {"closed_note": "saldo habis", "sure": "on"},
        changes=True,
        get="302 404 404 200 200 403 403 403 404",
        post="302 404 404 302 302 403 403 403 404",
    ),
    Row(
        name="desk:webhooks",
        get="302 404 200 200 200 403 403 403 404",
        post="302 404 405 405 405 403 403 403 404",
    ),
    Row(
        name="desk:webhook",
        at=told,
        get="302 404 404 200 200 403 403 403 404",
        post="302 404 404 302 302 403 403 403 404",
        changes=True,
    ),
    Row(
        name="desk:webhook_endpoint",
        at=hook,
        fields=lambda s: {"step": "replay"},
        get="302 404 404 200 200 403 403 403 404",
        post="302 404 404 302 302 403 403 403 404",
        changes=True,
    ),
]
