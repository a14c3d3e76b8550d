"""What partners are told by itself: where to, with which secret, and every telling with its tries."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from dealers.models import Dealer, Partner

LONGEST_URL = 500


class HookFormat(models.TextChoices):
    """In which words and under which signature."""

    NATIVE = "native", "Standard Webhooks"
    DIGIFLAZZ = "digiflazz", "Digiflazz"


class HookEvent(models.TextChoices):
    """What an endpoint can be told."""

    SUCCEEDED = "order.succeeded", _("Pesanan berhasil")
    FAILED = "order.failed", _("Pesanan tidak berhasil")
    DEPOSITED = "deposit.credited", _("Deposit masuk saldo")


PING = "ping"


class DeliveryState(models.TextChoices):
    """How far a telling has come."""

    PENDING = "pending", _("Menunggu")
    DELIVERED = "delivered", _("Terkirim")
    GIVEN_UP = "given_up", _("Tidak terkirim")


class WebhookSecret(models.Model):
    """A partner's secret for a format: what an endpoint without its own is signed with."""

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    format = models.CharField(max_length=10, choices=HookFormat)
    sealed = models.TextField()

    class Meta:
        db_table = "webhook_secret"
        constraints = [
            models.UniqueConstraint(
                fields=["dealer", "partner", "format"], name="one_webhook_secret_per_partner_and_format"
            )
        ]

    def __str__(self) -> str:
        return f"{self.partner_id} {self.format}"


class WebhookEndpoint(models.Model):
    """An address of a partner's. Paused: it accepted nothing for long; what is for it waits."""

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="webhooks")
    code = models.CharField(max_length=16)
    url = models.CharField(max_length=LONGEST_URL)
    format = models.CharField(max_length=10, choices=HookFormat)
    sealed = models.TextField(blank=True, help_text="its own secret; empty: the partner's")
    events = ArrayField(models.CharField(max_length=20, choices=HookEvent))
    is_open = models.BooleanField(default=True, db_default=True)
    failing_since = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "webhook_endpoint"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["dealer", "code"], name="one_webhook_endpoint_per_code")]
        indexes = [
            models.Index(
                fields=["dealer", "partner"],
                name="webhook_endpoints_in_use",
                condition=models.Q(removed_at__isnull=True),
            ),
            models.Index(fields=["code"], name="webhook_endpoint_by_code"),
        ]

    def __str__(self) -> str:
        return self.code


class WebhookCallback(models.Model):
    """The address that came with one order (`cb_url`), kept before the order is placed."""

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    ref_id = models.CharField(max_length=64)
    is_sandbox = models.BooleanField()
    url = models.CharField(max_length=LONGEST_URL)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "webhook_callback"
        constraints = [
            models.UniqueConstraint(
                fields=["dealer", "partner", "is_sandbox", "ref_id"], name="one_callback_address_per_order"
            )
        ]

    def __str__(self) -> str:
        return self.ref_id


class WebhookDelivery(models.Model):
    """One thing told to one address; `body` is the very text that is signed and sent, on every try the same."""

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.PROTECT, null=True, related_name="deliveries")
    event_id = models.CharField(max_length=40)
    kind = models.CharField(max_length=20)
    ref_id = models.CharField(max_length=64, blank=True)
    order_code = models.CharField(max_length=11, blank=True)
    url = models.CharField(max_length=LONGEST_URL, blank=True, help_text="where there is no endpoint")
    body = models.TextField()
    state = models.CharField(max_length=10, choices=DeliveryState, default=DeliveryState.PENDING)
    tries = models.PositiveSmallIntegerField(default=0)
    last_status = models.PositiveSmallIntegerField(null=True)
    last_ms = models.PositiveIntegerField(null=True)
    last_error = models.CharField(max_length=200, blank=True)
    last_answer = models.TextField(blank=True, help_text="at most 8 kB, numbers and secrets masked")
    next_at = models.DateTimeField(null=True, help_text="for people to read; the due row decides")
    created_at = models.DateTimeField(auto_now_add=True)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "webhook_delivery"
        ordering = ["-id"]
        constraints = [
            # Whatever comes again and again, an address is told of a change once.
            models.UniqueConstraint(
                fields=["dealer", "endpoint", "event_id"], name="told_once_per_address", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=models.Q(endpoint__isnull=False) | ~models.Q(url=""), name="a_delivery_goes_somewhere"
            ),
        ]
        indexes = [
            models.Index(fields=["dealer", "partner", "-id"], name="webhook_delivery_newest"),
            models.Index(
                fields=["dealer", "endpoint"],
                name="webhook_delivery_waiting",
                condition=models.Q(state="pending"),
            ),
        ]

    def __str__(self) -> str:
        return self.event_id

    @property
    def error_word(self) -> str:
        """Why there was no answer, without what we know of the network."""
        return self.last_error.partition(":")[0]
