"""Money put somewhere by hand: into the dealer's deposit at a supplier, and into a partner's wallet here.

Each is booked once per proof (the number of the bank's transfer), whoever books it. The reference also names
who it was, because a transfer has no other place for it.
"""

import enum

import structlog
from django.db import connection

from dealers.models import Dealer, Partner, User
from portal.lib import tenancy
from transactions import accounts, postings_business
from transactions.models import Supplier, Transfer

log = structlog.get_logger(__name__)


class Source(enum.StrEnum):
    """Where the money comes from."""

    BANK = "bank"
    CASH = "cash"
    OPENING = "opening"
    """It lay there already when the book was opened."""


class BookedBefore(Exception):
    """Money under this proof is booked already."""

    def __init__(self, transfer: Transfer) -> None:
        super().__init__(transfer.reference)
        self.transfer = transfer


def to_supplier(supplier: Supplier, *, amount: int, source: Source, proof: str, actor: User) -> int:
    """The dealer paid `amount` rupiah into its deposit at a supplier; returns the transfer's id.

    From the bank, or as what lay there before. Raises `BookedBefore`.
    """
    dealer_id, code = supplier.dealer_id, supplier.code
    with tenancy.inside(dealer_id):
        for known in (f"supplier-deposit:{code}:{proof}:", f"opening:{code}:{proof}:"):
            _once(dealer_id, known)
        if source is Source.OPENING:
            made = postings_business.opening(
                dealer_id, acc=accounts.supplier(code), amount=amount, reference=f"{code}:{proof}:{actor.pk}"
            )
        else:
            made = postings_business.top_up_supplier(
                dealer_id, supplier=code, bank="main", amount=amount, reference=f"{proof}:{actor.pk}"
            )
    log.info("supplier topped up", dealer=dealer_id, supplier=code, transfer=made, actor=actor.pk)
    return made


def to_partner(dealer: Dealer, partner: Partner, *, amount: int, source: Source, proof: str, actor: User) -> int:
    """A partner paid `amount` rupiah into its wallet here, by bank or in cash; returns the transfer's id.

    Raises `BookedBefore`.
    """
    reference = f"partner:{partner.pk}:{proof}:"
    with tenancy.inside(dealer.pk):
        _once(dealer.pk, f"deposit:{reference}")
        made = postings_business.deposit(
            dealer.pk,
            to=accounts.wallet(partner.wallet_key),
            source=accounts.cash("counter") if source is Source.CASH else accounts.bank("main"),
            amount=amount,
            reference=f"{reference}{actor.pk}",
        )
    log.info("partner deposit booked", dealer=dealer.pk, partner=partner.username, transfer=made, actor=actor.pk)
    return made


def _once(dealer_id: int, reference: str) -> None:
    """Two people with one proof take turns, so that the second sees the first. Raises `BookedBefore`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{dealer_id}:{reference}"])
    if (booked := Transfer.objects.filter(dealer_id=dealer_id, reference__startswith=reference).first()) is not None:
        raise BookedBefore(booked)
