"""Whatever waits for a person, with a deadline."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from dealers.models import Dealer
from transactions.models.incidents import Incident
from transactions.models.orders import Order


class TaskKind(models.TextChoices):
    """What the person is asked to do."""

    UNDECIDED = "undecided", _("Belum ada kepastian dari pemasok")
    REFUND = "refund", _("Uang harus dikembalikan")
    INCIDENT = "incident", _("Jawaban pemasok bertentangan")
    PARKED = "parked", _("Pekerjaan berhenti karena galat")
    SUPPLIER = "supplier", _("Saldo atau akun pemasok bermasalah")
    CASH = "cash", _("Pembayaran tunai menunggu kasir")
    MONEY = "money", _("Uang masuk belum dicocokkan")
    PARTNER = "partner", _("Calon mitra menunggu jawaban")
    LIST = "list", _("Daftar harga pemasok perlu dilihat")
    PRICE = "price", _("Harga jual di bawah modal")
    WEBHOOK = "webhook", _("Webhook mitra berhenti")
    DEPOSIT = "deposit", _("Deposit mitra belum dicocokkan")
    DIFFERENCE = "difference", _("Rekap harian berbeda")
    AMENDS = "amends", _("Usul uang kembali menunggu orang kedua")


class Task(models.Model):
    """One thing to do; open until somebody, or the event it waits for, closes it."""

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="tasks")
    kind = models.CharField(max_length=10, choices=TaskKind)
    subject = models.CharField(max_length=60, help_text="what it is about: one open task per kind and subject")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, null=True, related_name="tasks")
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, null=True, related_name="tasks")
    note = models.CharField(max_length=200, blank=True)
    opened_at = models.DateTimeField(auto_now_add=True)
    deadline = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True)

    class Meta:
        db_table = "task"
        ordering = ["deadline"]
        constraints = [
            models.UniqueConstraint(
                fields=["dealer", "kind", "subject"],
                condition=models.Q(closed_at__isnull=True),
                name="one_open_task_per_subject",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
