"""What waits for a person: tasks and incidents, and what can be done about each."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from dealers.models import Dealer
from portal.lib.money import rupiah
from transactions import chores, contradictions, late_paybacks
from transactions.models import Incident, IncidentKind, Task, TaskKind


@dataclass(frozen=True)
class Item:
    """A task as a list shows it: what it is about, and where to go."""

    task: Task
    url: str
    is_late: bool
    by_hand: bool


def tasks(dealer: Dealer, *, kind: str = "", closed: bool = False) -> QuerySet[Task]:
    """Tasks by deadline; the closed ones newest first."""
    rows = Task.objects.filter(dealer=dealer, closed_at__isnull=not closed)
    rows = rows.select_related("order__product", "incident", "closed_by")
    if kind:
        rows = rows.filter(kind=kind)
    return rows.order_by("-closed_at") if closed else rows.order_by("deadline", "id")


def items(rows: list[Task]) -> list[Item]:
    """Tasks with their address."""
    now = timezone.now()
    return [Item(task, _url(task), task.closed_at is None and task.deadline < now, _by_hand(task)) for task in rows]


def _by_hand(task: Task) -> bool:
    return task.closed_at is None and task.kind in chores.BY_HAND


def _url(task: Task) -> str:
    if task.incident_id:
        return reverse("desk:incident", args=[task.incident_id])
    if task.order is not None:
        return reverse("desk:order", args=[task.order.code])
    if task.kind == TaskKind.MONEY:
        return reverse("desk:money_in")
    if task.kind == TaskKind.SUPPLIER:
        return reverse("desk:suppliers")
    page = {
        TaskKind.PARTNER: "desk:partner",
        TaskKind.LIST: "desk:supplier",
        TaskKind.PRICE: "desk:product",
        TaskKind.WEBHOOK: "desk:webhook_endpoint",
        TaskKind.DIFFERENCE: "desk:recap",
        TaskKind.DEPOSIT: "desk:ticket",
    }
    return reverse(page[TaskKind(task.kind)], args=[task.subject]) if task.kind in page else ""


def incidents(dealer: Dealer, *, state: str = "") -> QuerySet[Incident]:
    """Incidents, newest first."""
    rows = Incident.objects.filter(dealer=dealer).select_related(
        "order__product", "attempt__supplier", "refund", "decided_by"
    )
    return rows.filter(state=state) if state else rows


def booking(incident: Incident) -> str:
    """The name of what approving would book as the books stand now, or did book; "" when there is nothing to book."""
    if incident.state == Incident.State.BOOKED:
        return incident.proposal
    if incident.state == Incident.State.DISMISSED or incident.withdrawn_at is not None:
        return ""
    if incident.attempt is None:
        return late_paybacks.proposal(incident.refund) if incident.refund else ""
    return contradictions.proposal(incident.order, incident.attempt, IncidentKind(incident.kind))


def sentences(incident: Incident, word: str) -> list[str]:
    """A booking by its name, in plain words and rupiah."""
    price, cost = rupiah(incident.order.price), rupiah(incident.cost)
    supplier = incident.attempt.supplier.name if incident.attempt else ""
    words = {
        "recapture": [
            _("Pulsa ternyata masuk, dan uang pembeli belum dikembalikan: %(price)s menjadi penjualan."),
            _("Pengembalian %(price)s yang menunggu dibatalkan: pembeli tidak menerima uang."),
            _("Modal %(cost)s dipotong dari deposit di %(supplier)s."),
        ],
        "late_loss": [
            _("Pulsa ternyata masuk, tetapi uang pembeli sudah kembali: toko rugi %(cost)s."),
            _("Modal %(cost)s dipotong dari deposit di %(supplier)s."),
        ],
        "reversal": [
            _("Pemasok membatalkan: penjualan %(price)s dibatalkan dan menjadi hak pembeli."),
            _("Modal yang sudah dibukukan kembali ke deposit di %(supplier)s."),
        ],
        "cost_back": [_("Hanya modal yang kembali ke deposit di %(supplier)s; penjualannya tetap.")],
        "payback_due": [
            _("Kanal sudah mengembalikan %(cost)s: pengembalian yang masih menunggu dibatalkan, supaya tidak dua kali.")
        ],
        "payback_wait": [_("Uang yang sama sedang dikirim lagi: tunggu hasilnya sebelum menyetujui.")],
        "payback_loss": [_("Uang pembeli sudah kembali lewat jalan lain: toko rugi %(cost)s di kanal.")],
        "nothing": [_("Tidak ada yang dibukukan: buku sudah sesuai dengan jawaban pemasok.")],
    }
    figures = {"price": price, "cost": cost, "supplier": supplier}
    return [sentence % figures for sentence in words.get(word, [])]
