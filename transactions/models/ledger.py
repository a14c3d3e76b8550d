"""The ledger: accounts, transfers between two of them, and what is derived from them.

One transfer is one row, so every book is balanced by construction. A balance is Σ in − Σ out:
what the dealer owes or earned is positive, what it owns or spent is negative. The constraints that
make a wrong booking impossible are in `sql/ledger_v1.sql`; the models here describe the same tables.
"""

from django.db import models
from django.db.models.functions import Now

from dealers.models import Dealer


class AccountKind(models.TextChoices):
    """The chart of accounts; the key beside it names the customer, gateway, bank … it is for."""

    WALLET = "wallet", "what we keep for a customer, partner or dealer"
    UNAPPLIED = "unapplied", "received, not yet a hold"
    HELD = "held", "paid for an order without a verdict"
    HELD_WITHDRAWALS = "held_withdrawals", "on its way out of a wallet"
    REFUNDS_DUE = "refunds_due", "owed to somebody without an account"
    SUSPENSE = "suspense", "money in, owner unknown"
    DUE_TO = "due_to", "owed to another dealer"
    DUE_FROM = "due_from", "owed by another dealer"
    CLEARING = "clearing", "with a payment gateway"
    BANK = "bank", "in a bank account"
    CASH = "cash", "in a drawer"
    SUPPLIER = "supplier", "our deposit at a supplier"
    RECEIVABLE = "receivable", "a person owes us"
    SALES = "sales", "sold"
    FEE_INCOME = "fee_income", "fees charged"
    SHARE_EARNED = "share_earned", "earned from another dealer's sale"
    COST = "cost", "paid to suppliers"
    GATEWAY_FEE = "gateway_fee", "paid to gateways"
    COMMISSION = "commission", "paid to uplines"
    SHARE_PAID = "share_paid", "given to another dealer"
    GOODWILL = "goodwill", "given out of kindness"
    PROMO = "promo", "given as a promotion"
    LATE_LOSS = "late_loss", "delivered after the money went back"
    CASH_DIFFERENCE = "cash_difference", "drawer and book disagreed"
    EQUITY = "equity", "the owner's money"


class Account(models.Model):
    """One account of one book. Only wallets keep a balance column, so only wallets are ever updated."""

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="accounts")
    kind = models.CharField(max_length=20, choices=AccountKind)
    key = models.CharField(max_length=60, blank=True)
    balance = models.BigIntegerField(null=True)
    credit_limit = models.BigIntegerField(default=0)
    seq = models.BigIntegerField(default=0)

    class Meta:
        db_table = "account"
        constraints = [
            models.UniqueConstraint(fields=["dealer", "kind", "key"], name="one_account_per_key"),
            models.UniqueConstraint(fields=["dealer", "id", "kind"], name="an_account_in_its_book"),
            models.CheckConstraint(
                condition=models.Q(kind="wallet", balance__isnull=False)
                | (~models.Q(kind="wallet") & models.Q(balance__isnull=True)),
                name="only_wallets_keep_a_balance",
            ),
            models.CheckConstraint(
                condition=models.Q(balance__isnull=True) | models.Q(balance__gte=-models.F("credit_limit")),
                name="a_wallet_never_overdraws",
            ),
            models.CheckConstraint(condition=models.Q(credit_limit__gte=0), name="a_credit_limit_is_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}" if self.key else self.kind


class Transfer(models.Model):
    """Money moved once, for ever: append-only. Written by `transactions/ledger.py` and its SQL alone."""

    # No check of its own: `transfer_from_its_book` (sql/ledger_v1.sql) goes through an account of the same dealer.
    dealer = models.ForeignKey(
        Dealer, on_delete=models.PROTECT, related_name="transfers", db_constraint=False, db_index=False
    )
    frm = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="outgoing", db_constraint=False, db_index=False
    )
    to = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="incoming", db_constraint=False, db_index=False
    )
    frm_kind = models.CharField(max_length=20)
    to_kind = models.CharField(max_length=20)
    amount = models.BigIntegerField()
    reference = models.CharField(max_length=80)
    order_id = models.BigIntegerField(null=True)
    resolves = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False)
    reverses = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    frm_seq = models.BigIntegerField(null=True)
    frm_after = models.BigIntegerField(null=True)
    to_seq = models.BigIntegerField(null=True)
    to_after = models.BigIntegerField(null=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "transfer"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["dealer", "reference"], name="one_transfer_per_reference"),
            models.UniqueConstraint(fields=["dealer", "resolves"], name="a_hold_is_resolved_once"),
            models.UniqueConstraint(fields=["dealer", "reverses"], name="a_transfer_is_reversed_once"),
            models.UniqueConstraint(
                fields=["dealer", "order_id"], condition=models.Q(to_kind="held"), name="one_hold_per_order"
            ),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="a_transfer_is_positive"),
            models.CheckConstraint(condition=~models.Q(frm=models.F("to")), name="a_transfer_goes_elsewhere"),
        ]
        indexes = [
            models.Index(fields=["dealer", "frm", "id"], name="transfer_out_of_account"),
            models.Index(fields=["dealer", "to", "id"], name="transfer_into_account"),
            models.Index(fields=["dealer", "order_id"], name="transfer_by_order"),
            models.Index(fields=["at"], name="transfer_by_time"),
        ]

    def __str__(self) -> str:
        return self.reference


class Rollup(models.Model):
    """Sums of one account's transfers on one day (UTC), over transactions that had closed at the mark."""

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="rollups")
    day = models.DateField()
    came_in = models.BigIntegerField(default=0)
    went_out = models.BigIntegerField(default=0)
    transfers = models.BigIntegerField(default=0)

    class Meta:
        db_table = "rollup"
        constraints = [models.UniqueConstraint(fields=["dealer", "account", "day"], name="one_rollup_per_day")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.day}"


class RollupMark(models.Model):
    """Up to which transaction the roll-ups count, and in which cluster that number means anything."""

    dealer = models.OneToOneField(Dealer, on_delete=models.PROTECT, related_name="+")
    system_identifier = models.BigIntegerField()
    closed_before = models.BigIntegerField()
    at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "rollup_mark"

    def __str__(self) -> str:
        return str(self.closed_before)


class Seal(models.Model):
    """A hash over the transfers of a closed stretch of time, chained to the one before: append-only."""

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    start = models.DateTimeField()
    end = models.DateTimeField()
    transfers = models.BigIntegerField()
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        db_table = "seal"
        constraints = [models.UniqueConstraint(fields=["dealer", "number"], name="seals_are_numbered")]

    def __str__(self) -> str:
        return f"{self.number}: {self.digest[:12]}"
