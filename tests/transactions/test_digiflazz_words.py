"""Orders in the words of the Digiflazz buyer API."""

from datetime import UTC, datetime

import pytest

from transactions import digiflazz_words
from transactions.models import Status
from transactions.partner_orders import PartnerOrder
from transactions.suppliers import digiflazz_codes
from transactions.suppliers.base import Outcome, Reason


def order(status: Status, *, rc: str = "", reason: Reason = Reason.NONE, sn: str = "") -> PartnerOrder:
    return PartnerOrder(
        code="0123456789A",
        ref_id="A-1",
        status=status,
        sku="TSEL10",
        brand="telkomsel",
        destination="081234567890",
        price=10_500,
        sn=sn,
        rc=rc,
        reason=reason,
        is_sandbox=False,
        created_at=datetime(2026, 11, 24, tzinfo=UTC),
        finished_at=None,
    )


def test_a_delivered_order_has_every_field_of_the_answer() -> None:
    assert digiflazz_words.data_of(order(Status.SUCCEEDED, rc="00", sn="1234"), balance=989_500) == {
        "ref_id": "A-1",
        "customer_no": "081234567890",
        "buyer_sku_code": "TSEL10",
        "message": "Transaksi Sukses",
        "status": "Sukses",
        "rc": "00",
        "sn": "1234",
        "price": 10_500,
        "buyer_last_saldo": 989_500,
    }


@pytest.mark.parametrize("status", [Status.AWAITING_PAYMENT, Status.PAID, Status.PROCESSING])
def test_whatever_has_no_end_is_pending(status: Status) -> None:
    said = digiflazz_words.data_of(order(status), balance=None)
    assert (said["status"], said["rc"]) == ("Pending", "03")
    assert "buyer_last_saldo" not in said


@pytest.mark.parametrize(
    ("rc", "reason", "shown"),
    [
        ("54", Reason.WRONG_NUMBER, "54"),
        ("44", Reason.SUPPLIER_ACCOUNT, "02"),
        ("45", Reason.SUPPLIER_ACCOUNT, "02"),
        ("no_route", Reason.DISTURBED, "55"),
        ("69", Reason.PRICE, "02"),
        ("50", Reason.OTHER, "02"),
        ("85", Reason.OTHER, "02"),
        ("", Reason.CUT_OFF, "58"),
    ],
)
def test_a_failed_order_carries_a_code_that_decides_and_none_of_our_own_account(
    rc: str, reason: Reason, shown: str
) -> None:
    said = digiflazz_words.data_of(order(Status.FAILED, rc=rc, reason=reason), balance=1)
    assert (said["status"], said["rc"]) == ("Gagal", shown)
    assert digiflazz_codes.CODES[said["rc"]].again == Outcome.FAILED
    assert said["message"]


def test_a_cancelled_order_has_failed() -> None:
    assert digiflazz_words.data_of(order(Status.CANCELLED), balance=0)["status"] == "Gagal"
