"""The queue: what must be done next, for whom, and when.

One narrow row per target, claimed with a lease. It has no row-level security, because a dispatcher
looks for work before it knows the dealer; it holds ids and times only.
"""

from django.db import models

from dealers.models import Dealer


class DueKind(models.TextChoices):
    """What is to be done with the target."""

    ORDER = "order", "advance an order"
    PAYMENT = "payment", "expire a payment code"
    REFUND = "refund", "have a gateway pay a refund back"
    RESULT = "result", "tell the buying dealer how a stock order ended"
    WEBHOOK = "webhook", "tell a partner's address something"


class Due(models.Model):
    """Something to do at `due_at`; `token` belongs to the dispatcher that holds the lease."""

    dealer = models.ForeignKey(
        Dealer, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=10, choices=DueKind)
    target = models.BigIntegerField()
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    token = models.UUIDField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    parked = models.BooleanField(default=False)
    lane = models.BigIntegerField(null=True, help_text="webhooks of one lane go to one address, few at a time")

    class Meta:
        db_table = "due"
        constraints = [models.UniqueConstraint(fields=["dealer", "kind", "target"], name="one_due_row_per_target")]
        indexes = [
            # Webhooks stand apart: however many wait, the search for orders does not see them.
            models.Index(
                fields=["due_at"], name="due_soonest_work", condition=models.Q(parked=False) & ~models.Q(kind="webhook")
            ),
            models.Index(
                fields=["lane", "due_at"],
                name="due_webhooks",
                condition=models.Q(parked=False) & models.Q(kind="webhook"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.target} at {self.due_at}"
