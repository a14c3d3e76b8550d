"""The desk's pages of refunds: what is owed, oldest first, and each step of paying one."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from dealers.models import Role
from portal.lib import tenancy
from tests import factories
from tests.transactions.desk_rig import NO, Desk, desk, signed_in
from tests.transactions.refund_rig import BCA, DANA
from transactions import accounts, ledger, refund_choices, refund_ways, tasks
from transactions.models import Order, Refund, RefundState, RefundWay
from transactions.refund_choices import Choice
from transactions.refund_ways import Destination

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Desk:
    return desk()


@pytest.fixture
def due(here: Desk) -> Refund:
    here.sent(here.paid_by_guest(), NO)
    return now(here)


def now(here: Desk) -> Refund:
    with tenancy.inside(here.shop.dealer.pk):
        return Refund.objects.select_related("order").latest("pk")


def chosen(here: Desk, due: Refund, way: RefundWay, to: Destination | None = None) -> Refund:
    return refund_choices.choose(here.shop.dealer, due.pk, Choice(way=way, destination=to))


def at(step: str, refund: Refund) -> str:
    return reverse(f"desk:{step}", args=[refund.pk])


def shown(here: Desk, address: str, role: Role = Role.OWNER) -> str:
    answer = here.as_(role).get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_cash_is_handed_out_once_against_the_code(here: Desk, due: Refund) -> None:
    chosen(here, due, RefundWay.CASH)
    fields = {"way": "cash", "code": refund_ways.counter_code(due).lower(), "sure": "on"}
    for _tap in range(2):
        here.as_(Role.CASHIER).post(at("refund", due), fields)
    assert (now(here).state, now(here).paid_by) == (RefundState.DONE, here.person(Role.CASHIER))
    with tenancy.inside(here.shop.dealer.pk):
        assert ledger.balance(here.shop.dealer.pk, accounts.cash("counter")) == 0


def test_a_wrong_code_pays_nothing_and_says_so(here: Desk, due: Refund) -> None:
    chosen(here, due, RefundWay.CASH)
    answer = here.as_(Role.CASHIER).post(
        at("refund", due), {"way": "cash", "code": "AAAAAAAA", "sure": "on"}, follow=True
    )
    assert "Uang jangan diserahkan" in answer.content.decode()
    assert now(here).state == RefundState.DUE


def test_an_account_is_shown_whole_only_to_whoever_has_begun_to_pay(here: Desk, due: Refund) -> None:
    chosen(here, due, RefundWay.BANK, BCA)
    before = shown(here, at("refund", due))
    assert "••••7890" in before
    assert "1234567890" not in before
    here.as_().post(at("refund", due), {"way": "bank"})
    during = shown(here, at("refund", due))
    assert "1234567890" in during
    assert "Budi Santoso" in during
    here.as_().post(at("refund_finish", due), {"reference": "trx-0001", "sure": "on"})
    after = shown(here, at("refund", due))
    assert "1234567890" not in after
    assert "TRX-0001" in after


def test_an_e_wallet_is_shown_as_it_is_typed(here: Desk, due: Refund) -> None:
    chosen(here, due, RefundWay.EWALLET, DANA)
    here.as_().post(at("refund", due), {"way": "ewallet"})
    assert "081234567890" in shown(here, at("refund", due))


def test_a_transfer_needs_its_number(here: Desk, due: Refund) -> None:
    chosen(here, due, RefundWay.BANK, BCA)
    here.as_().post(at("refund", due), {"way": "bank"})
    answer = here.as_().post(at("refund_finish", due), {"reference": "", "sure": "on"})
    assert "Tulis nomor bukti" in answer.content.decode()
    assert now(here).state == RefundState.SENT
    here.as_().post(at("refund_finish", due), {"reference": " trx   1234 ", "sure": "on"})
    assert (now(here).state, now(here).reference) == (RefundState.DONE, "TRX 1234")


def test_without_the_tick_nothing_is_paid(here: Desk, due: Refund) -> None:
    here.as_().post(at("refund", due), {"way": "cash"})
    assert now(here).state == RefundState.DUE


def test_customer_service_pays_nothing_and_sees_no_account(here: Desk, due: Refund) -> None:
    assert here.as_(Role.CS).post(at("refund", due), {"way": "cash", "sure": "on"}).status_code == 403
    assert here.as_(Role.CS).get(at("refund", due)).status_code == 403


def test_what_two_people_pay_is_agreed_on_the_page(here: Desk, due: Refund) -> None:
    here.shop.dealer.four_eyes_above = due.amount - 1
    here.shop.dealer.save(update_fields=["four_eyes_above"])
    chosen(here, due, RefundWay.BANK, BCA)
    assert "orang kedua harus menyetujui" in shown(here, at("refund", due))
    here.as_().post(at("refund", due), {"way": "bank"})
    assert "Setujui pembayaran ini" not in shown(here, at("refund", due))
    assert "Setujui pembayaran ini" in shown(here, at("refund", due), Role.MANAGER)
    here.as_(Role.MANAGER).post(at("refund_approve", due), {})
    assert now(here).state == RefundState.DUE
    here.as_(Role.MANAGER).post(at("refund_approve", due), {"sure": "on"})
    assert now(here).state == RefundState.SENT


def test_staff_write_down_an_account_for_a_guest_who_is_there(here: Desk, due: Refund) -> None:
    address = f"{at('refund_choice', due)}?way=bank"
    assert "Nomor rekening" in shown(here, address)
    fields = {"way": "bank", "bank": "BCA", "number": "x", "holder": "Budi Santoso"}
    assert here.as_().post(address, fields).status_code == 422
    assert here.as_().post(address, {**fields, "number": "1234567890"}).status_code == 302
    assert (now(here).way, now(here).chosen_by) == (RefundWay.BANK, here.person(Role.OWNER))


def test_a_transfer_that_came_back_is_a_new_refund(here: Desk, due: Refund) -> None:
    chosen(here, due, RefundWay.BANK, BCA)
    here.as_().post(at("refund", due), {"way": "bank"})
    here.as_().post(at("refund_finish", due), {"reference": "TRX-0001", "sure": "on"})
    assert "rekening menolak" in shown(here, at("refund", due))
    here.as_().post(at("refund_bounce", due), {"sure": "on"})
    anew = now(here)
    assert (anew.follows_id, anew.state) == (due.pk, RefundState.DUE)
    assert at("refund", anew) in shown(here, at("refund", due))


def test_a_guest_reads_that_it_came_back_and_chooses_again(here: Desk, due: Refund) -> None:
    test_a_transfer_that_came_back_is_a_new_refund(here, due)
    page = here.as_().get(f"/o/{due.order.code}/?t={due.order.secret}").content.decode()
    assert "kembali ke kami (rekening menolak): pilih lagi." in page
    assert "Mau diterima lewat mana?" in page


def test_the_list_begins_with_the_oldest_and_marks_what_is_late(here: Desk, due: Refund) -> None:
    here.sent(here.paid_by_guest(), NO)
    younger = now(here)
    with tenancy.inside(here.shop.dealer.pk):
        Refund.objects.filter(pk=younger.pk).update(created_at=timezone.now() - timedelta(days=9))
    page = shown(here, reverse("desk:refunds"))
    assert page.index(younger.order.code) < page.index(due.order.code)
    assert page.count("badge bad") == 1


def test_the_list_is_searched_by_code_and_by_state(here: Desk, due: Refund) -> None:
    here.sent(here.paid_by_guest(), NO)
    other = now(here)
    found = shown(here, f"{reverse('desk:refunds')}?q={due.order.code[:7].lower()}")
    assert due.order.code in found
    assert other.order.code not in found
    assert "Tidak ada pengembalian yang cocok" in shown(here, f"{reverse('desk:refunds')}?state=done")


def test_an_empty_list_says_that_all_is_well(here: Desk) -> None:
    assert "Semua beres" in shown(here, reverse("desk:refunds"))


def test_the_next_of_many_is_one_query_away(here: Desk, due: Refund, django_assert_max_num_queries: object) -> None:
    for _ in range(3):
        here.sent(here.paid_by_guest(), NO)
    client = here.as_()
    with django_assert_max_num_queries(14):  # type: ignore[operator]  # pytest-django's fixture
        client.get(reverse("desk:refunds"))


def test_another_dealers_owner_finds_no_refund(here: Desk, due: Refund) -> None:
    elsewhere = factories.member(factories.dealer(), Role.OWNER)
    for step in ("refund", "refund_choice"):
        assert signed_in(elsewhere).get(at(step, due)).status_code == 404
    for step in ("refund_finish", "refund_approve", "refund_bounce", "refund_give_up"):
        assert signed_in(elsewhere).post(at(step, due), {"sure": "on"}).status_code == 404


def test_where_money_went_is_forgotten_after_ninety_days(here: Desk, due: Refund) -> None:
    chosen(here, due, RefundWay.BANK, BCA)
    here.as_().post(at("refund", due), {"way": "bank"})
    here.as_().post(at("refund_finish", due), {"reference": "TRX-0001", "sure": "on"})
    for age, is_kept in ((89, True), (91, False)):
        with tenancy.inside(here.shop.dealer.pk):
            Refund.objects.update(finished_at=timezone.now() - timedelta(days=age))
        tasks.refund_destinations()
        assert bool(now(here).destination) is is_kept
    assert "••••" not in shown(here, at("refund", due))
    with tenancy.inside(here.shop.dealer.pk):
        order = Order.objects.get(pk=due.order_id)
    page = here.as_().get(f"/o/{order.code}/?t={order.secret}").content.decode()
    assert "sudah kembali ke Transfer bank" in page
