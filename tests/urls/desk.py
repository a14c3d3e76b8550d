"""The desk: sign-in for strangers, 404 for who works nowhere and for another dealer's things, 403 without the right.

Where an address names nothing (`/desk/pesanan/`), another dealer's owner gets their own desk: 200, and
nothing of this dealer on it.
"""

from django.utils import timezone

from dealers.models import PartnerKey
from portal.lib import ids, tenancy
from tests import factories
from tests.urls.api import hook, told
from tests.urls.rows import Row, Scene


def _silent(scene: Scene) -> list[object]:
    return [scene.here.silent.code]


def _sure(_scene: Scene) -> dict[str, str]:
    return {"sure": "on"}


def _cash(scene: Scene) -> dict[str, str]:
    return {"sure": "on", "seen": str(scene.here.cash.price)}


def _sale(scene: Scene) -> dict[str, str]:
    choice = f"{scene.here.product.sku}:11000"
    return {"number": factories.number(), "choice": choice, "token": ids.new_token(), "paid": "on"}


def _deposit(scene: Scene) -> dict[str, str]:
    return {"email": scene.people["customer"].email, "amount": "25.000", "token": ids.new_token(), "sure": "on"}


def _decision(_scene: Scene) -> dict[str, str]:
    return {"verdict": "failed", "reason": "operator bilang tidak masuk", "sure": "on"}


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


def _money_sent(scene: Scene) -> dict[str, str]:
    sent = {"amount": "500.000", "source": "bank", "proof": "TF 1", "sure": "on"}
    return {"supplier": scene.supplier.code, "partner": f"{scene.here.dealer.slug}-mitra", **sent}


def _line(scene: Scene) -> dict[str, str]:
    day = timezone.localdate().isoformat()
    account = str(scene.here.line.account_id)
    return {"account": account, "day": day, "amount": "10.377", "reference": ids.new_token()[:20], "note": "BUDI"}


def _mitra(scene: Scene) -> list[str]:
    return [f"{scene.here.dealer.slug}-mitra"]


def _mitra_key(scene: Scene) -> list[str]:
    with tenancy.inside(scene.here.dealer.pk):
        return [*_mitra(scene), PartnerKey.objects.earliest("pk").name]


_OWN_GET = "302 404 200 200 200 403 403 403 404"
_THEIRS_GET = "302 404 404 200 200 403 403 403 404"
_OWN_POST = "302 404 404 302 302 403 403 403 404"
_POST_ONLY = "302 404 405 405 405 403 403 403 404"

# Statuses: stranger customer foreign owner manager cashier cs trainer platform.
ROWS = [
    Row(
        name="desk:home",
        get="302 404 200 200 200 200 200 200 404",
        post="302 404 405 405 405 405 405 405 404",
    ),
    Row(
        name="desk:menu",
        get="302 404 200 200 200 200 200 200 404",
        post="302 404 405 405 405 405 405 405 404",
    ),
    Row(
        # Of the demo only, which the tests are not.
        name="desk:styleguide",
        get="302 404 404 404 404 404 404 404 404",
        post="302 404 405 405 405 405 405 405 404",
    ),
    Row(
        name="desk:switch",
        fields=lambda s: {"dealer": s.here.dealer.slug},
        get="302 404 405 405 405 405 405 405 404",
        post="302 404 302 302 302 302 302 302 404",
    ),
    Row(
        name="desk:sell",
        fields=_sale,
        changes=True,
        get="302 404 200 200 200 200 403 403 404",
        post="302 404 302 302 302 302 403 403 404",
    ),
    Row(
        name="desk:cash",
        get="302 404 200 200 200 200 403 403 404",
        post="302 404 405 405 405 405 403 403 404",
    ),
    Row(
        name="desk:orders",
        get="302 404 200 200 200 200 200 403 404",
        post="302 404 405 405 405 405 405 403 404",
    ),
    Row(
        name="desk:orders_csv",
        get="302 404 200 200 200 200 200 403 404",
        post="302 404 405 405 405 405 405 403 404",
    ),
    Row(
        name="desk:order",
        at=lambda s: [s.here.delivered.code],
        get="302 404 404 200 200 200 200 403 404",
        post="302 404 405 405 405 405 405 403 404",
    ),
    Row(
        name="desk:order_live",
        at=lambda s: [s.here.delivered.code],
        get="302 404 404 200 200 200 200 403 404",
        post="302 404 405 405 405 405 405 403 404",
    ),
    Row(
        name="desk:order_cash",
        at=lambda s: [s.here.cash.code],
        fields=_cash,
        changes=True,
        get="302 404 404 200 200 200 403 403 404",
        post="302 404 404 302 302 302 403 403 404",
    ),
    Row(
        name="desk:order_qris",
        at=lambda s: [s.here.by_qris.code],
        fields=lambda s: {"sure": "on", "seen": str(s.here.by_qris.price), "reference": "RRN-1"},
        changes=True,
        get="302 404 404 200 200 200 403 403 404",
        post="302 404 404 302 302 302 403 403 404",
    ),
    Row(
        name="desk:order_cancel",
        at=lambda s: [s.here.cash.code],
        fields=_sure,
        changes=True,
        get="302 404 404 200 200 200 200 403 404",
        post="302 404 404 302 302 302 302 403 404",
    ),
    Row(
        name="desk:order_decide",
        at=_silent,
        fields=_decision,
        changes=True,
        get="302 404 404 200 200 403 403 403 404",
        post="302 404 404 302 302 403 403 403 404",
    ),
    Row(
        name="desk:order_approve",
        at=_silent,
        fields=_sure,
        changes=True,
        get="302 404 405 405 405 403 403 403 404",
        post="302 404 404 302 302 403 403 403 404",
    ),
    Row(
        name="desk:refund",
        at=lambda s: [s.here.refund.pk],
        fields=lambda s: {"way": "cash", "sure": "on"},
        changes=True,
        get="302 404 404 200 200 200 403 403 404",
        post="302 404 404 302 302 302 403 403 404",
    ),
    Row(
        name="desk:refunds",
        get="302 404 200 200 200 200 403 403 404",
        post="302 404 405 405 405 405 403 403 404",
    ),
    Row(
        name="desk:refund_choice",
        at=lambda s: [s.here.refund.pk],
        query=lambda s: {"way": "bank"},
        fields=lambda s: {"way": "bank", "bank": "BCA", "number": "1234567890", "holder": "Budi"},
        changes=True,
        get="302 404 404 200 200 200 403 403 404",
        post="302 404 404 302 302 302 403 403 404",
    ),
    Row(
        name="desk:refund_approve",
        at=lambda s: [s.here.proposed.pk],
        fields=lambda s: {"sure": "on"},
        changes=True,
        get="302 404 405 405 405 403 403 403 404",
        post="302 404 404 302 302 403 403 403 404",
    ),
    Row(
        name="desk:refund_finish",
        at=lambda s: [s.here.begun.pk],
        fields=lambda s: {"reference": "TRX-0001", "sure": "on"},
        changes=True,
        get="302 404 405 405 405 405 403 403 404",
        post="302 404 404 302 302 302 403 403 404",
    ),
    Row(
        name="desk:refund_give_up",
        at=lambda s: [s.here.begun.pk],
        changes=True,
        get="302 404 405 405 405 405 403 403 404",
        post="302 404 404 302 302 302 403 403 404",
    ),
    Row(
        name="desk:refund_bounce",
        at=lambda s: [s.here.paid_back.pk],
        fields=lambda s: {"sure": "on"},
        changes=True,
        get="302 404 405 405 405 405 403 403 404",
        post="302 404 404 302 302 302 403 403 404",
    ),
    Row(
        name="desk:tasks",
        get="302 404 200 200 200 403 200 403 404",
        post="302 404 405 405 405 403 405 403 404",
    ),
    Row(
        name="desk:task_close",
        at=lambda s: [s.parked.pk],
        changes=True,
        get="302 404 405 405 405 403 405 403 404",
        post="302 404 404 302 302 403 302 403 404",
    ),
    Row(
        name="desk:incidents",
        get="302 404 200 200 200 403 403 403 404",
        post="302 404 405 405 405 403 403 403 404",
    ),
    Row(
        name="desk:incident",
        at=lambda s: [s.here.incident.pk],
        fields=lambda s: {"verdict": "dismiss", "note": "sudah diperiksa", "sure": "on"},
        changes=True,
        get="302 404 404 200 200 403 403 403 404",
        post="302 404 404 302 302 403 403 403 404",
    ),
    Row(
        # Another dealer's owner cannot name this dealer's account: the form is shown again.
        name="desk:money_in",
        fields=_line,
        changes=True,
        get="302 404 200 200 200 200 403 403 404",
        post="302 404 200 302 302 302 403 403 404",
    ),
    Row(
        name="desk:money_in_exact",
        get="302 404 405 405 405 405 403 403 404",
        post="302 404 302 302 302 302 403 403 404",
    ),
    Row(
        name="desk:bank_line",
        at=lambda s: [s.here.line.pk],
        fields=lambda s: {"code": s.here.by_transfer.code},
        changes=True,
        get="302 404 404 200 200 200 403 403 404",
        post="302 404 404 302 302 302 403 403 404",
    ),
    Row(
        name="desk:bank_line_back",
        at=lambda s: [s.here.line.pk],
        fields=lambda s: {"reference": "BALIK-1", "sure": "on"},
        changes=True,
        get="302 404 405 405 405 403 403 403 404",
        post="302 404 404 302 302 403 403 403 404",
    ),
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
        name="desk:money",
        get="302 404 200 200 200 403 403 403 404",
        post="302 404 405 405 405 403 403 403 404",
    ),
    Row(
        name="desk:account",
        at=lambda s: [s.account.pk],
        get="302 404 404 200 200 403 403 403 404",
        post="302 404 405 405 405 403 403 403 404",
    ),
    Row(
        name="desk:account_csv",
        at=lambda s: [s.account.pk],
        get="302 404 404 200 200 403 403 403 404",
        post="302 404 405 405 405 403 403 403 404",
    ),
    Row(
        name="desk:wallets",
        get="302 404 200 200 200 403 403 403 404",
        post="302 404 405 405 405 403 403 403 404",
    ),
    Row(
        name="desk:deposit",
        fields=_deposit,
        changes=True,
        get="302 404 200 200 200 403 403 403 404",
        post="302 404 302 302 302 403 403 403 404",
    ),
    Row(
        # Another dealer's owner has no such supplier or partner to choose: the form is shown again.
        name="desk:supplier_deposit",
        fields=_money_sent,
        changes=True,
        get="302 404 200 200 200 403 403 403 404",
        post="302 404 200 302 302 403 403 403 404",
    ),
    Row(
        name="desk:partner_deposit",
        fields=_money_sent,
        changes=True,
        get="302 404 200 200 200 403 403 403 404",
        post="302 404 200 302 302 403 403 403 404",
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
