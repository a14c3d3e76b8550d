"""The desk: sign-in for strangers, 404 for who works nowhere and for another dealer's things, 403 without the right.

Where an address names nothing (`/desk/pesanan/`), another dealer's owner gets their own desk: 200, and
nothing of this dealer on it.
"""

from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from portal.lib import ids
from tests import factories
from tests.urls import desk_recap, desk_shop
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


def _money_sent(scene: Scene) -> dict[str, str]:
    sent = {"amount": "500.000", "source": "bank", "proof": "TF 1", "sure": "on"}
    return {"supplier": scene.supplier.code, "partner": f"{scene.here.dealer.slug}-mitra", **sent}


def _given(_scene: Scene) -> dict[str, str]:
    said = {"amount": "2.000", "reason": "yang masuk kurang", "seen": "0"}
    return {**said, "token": ids.new_token(), "sure": "on"}


def _proposed(scene: Scene) -> list[object]:
    return [scene.here.paid_back.order.code, scene.here.amends.pk]


def _line(scene: Scene) -> dict[str, str]:
    day = timezone.localdate().isoformat()
    account = str(scene.here.line.account_id)
    return {"account": account, "day": day, "amount": "10.377", "reference": ids.new_token()[:20], "note": "BUDI"}


def _file(scene: Scene) -> dict[str, Any]:
    """A new file for each visitor: the one before has read it to its end."""
    data = b"Tanggal;Kredit;Debet\n24/11/2026;10.377;\n"
    return {"account": scene.here.line.account_id, "file": _Fresh(data)}


class _Fresh(ContentFile):  # type: ignore[type-arg]  # generic to the type checker only
    def read(self, *_size: Any) -> bytes:
        self.seek(0)
        return bytes(super().read())


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
        name="desk:order_part_back",
        at=lambda s: [s.here.delivered.code],
        fields=_given,
        changes=True,
        get="302 404 404 200 200 403 403 403 404",
        post="302 404 404 302 302 403 403 403 404",
    ),
    Row(
        name="desk:order_goodwill",
        at=lambda s: [s.here.delivered.code],
        fields=_given,
        changes=True,
        get="302 404 404 200 200 403 403 403 404",
        post="302 404 404 302 302 403 403 403 404",
    ),
    Row(
        name="desk:amends_approve",
        at=_proposed,
        fields=_sure,
        changes=True,
        get="302 404 405 405 405 403 403 403 404",
        post="302 404 404 302 302 403 403 403 404",
    ),
    Row(
        name="desk:amends_drop",
        at=_proposed,
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
        # Another dealer's owner cannot name this dealer's account: the form is shown again.
        name="desk:bank_files",
        fields=_file,
        changes=True,
        get="302 404 200 200 200 200 403 403 404",
        post="302 404 200 302 302 302 403 403 404",
    ),
    Row(
        name="desk:bank_file",
        at=lambda s: [s.here.bank_file.pk],
        changes=True,
        get="302 404 404 200 200 200 403 403 404",
        post="302 404 404 302 302 302 403 403 404",
    ),
    Row(
        name="desk:tickets",
        get="302 404 200 200 200 200 403 403 404",
        post="302 404 405 405 405 405 403 403 404",
    ),
    Row(
        name="desk:ticket",
        at=lambda s: [s.here.deposit.code],
        changes=True,
        get="302 404 404 200 200 200 403 403 404",
        post="302 404 404 302 302 302 403 403 404",
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
    *desk_recap.ROWS,
    *desk_shop.ROWS,
]
