"""The deposit ticket of the Digiflazz buyer API: what to transfer, and to which account.

The protocol has no id to repeat a call by, so the same amount again is the same ticket until its money came. A bank
that the dealer is not at is answered with one where it is: clients send a bank by habit, and read which it became.
"""

from dealers.models import Scope
from portal.lib.money import rupiah
from transactions import deposit_tickets, digiflazz_words
from transactions.api.digiflazz.protocol import Call, Rejected, answers, demand
from transactions.deposit_tickets import Wish
from transactions.models import DepositTicket, TicketSource

_LONGEST_NAME = 60


@answers(salt="deposit")
def deposit(call: Call) -> object:
    """`POST deposit`: a ticket for `amount` rupiah by `bank`, from an account of `owner_name`."""
    demand(call, Scope.DEPOSIT)
    if call.caller.is_sandbox:
        raise Rejected("88", "Kunci uji coba tidak membuka tiket deposit")
    wish = Wish(
        amount=call.rupiah("amount") or 0,
        source=TicketSource.DIGIFLAZZ,
        bank=call.text("bank", longest=30) or call.text("Bank", longest=30),
        payer=call.text("owner_name", longest=_LONGEST_NAME),
        any_bank=True,
    )
    try:
        return _answer(deposit_tickets.open_(call.caller.partner, wish).ticket)
    except deposit_tickets.AmountOutside as error:
        smallest, largest = rupiah(deposit_tickets.SMALLEST), rupiah(deposit_tickets.LARGEST)
        raise Rejected("84", f"{digiflazz_words.message('84')}: {smallest} sampai {largest}") from error
    except deposit_tickets.TooManyOpen as error:
        raise Rejected("64", "Tarik tiket gagal: masih ada tiket yang belum ditransfer") from error
    except deposit_tickets.NoAccount as error:
        raise Rejected("64", "Tarik tiket gagal: toko ini belum menerima transfer") from error
    except deposit_tickets.NoAmountLeft as error:
        raise Rejected("64") from error


def _answer(ticket: DepositTicket) -> dict[str, object]:
    account = ticket.account
    return {
        "rc": "00",
        "amount": ticket.amount,
        "notes": f"Transfer persis {rupiah(ticket.amount)} ke {account.bank} {account.number} a.n. {account.holder}, "
        f"berita {ticket.code}",
        "bank": account.bank,
        "payment_method": "Transfer Bank",
        "account_no": account.number,
    }
