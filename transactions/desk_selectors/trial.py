"""What a trial of a supplier brought, in one message: its end, its code, how long it took, that it cost nothing."""

from django.contrib import messages
from django.utils.translation import gettext as _

from transactions.suppliers.base import Outcome
from transactions.suppliers.digiflazz_codes import staff_text
from transactions.trials import Trial


def words(trial: Trial) -> tuple[int, str]:
    """The message's level, and the message."""
    verdict = trial.verdict
    level, headline = {
        Outcome.SUCCEEDED: (messages.SUCCESS, _("Penjualan percobaan berhasil")),
        Outcome.PENDING: (messages.WARNING, _("Penjualan percobaan belum pasti")),
        Outcome.FAILED: (messages.ERROR, _("Penjualan percobaan ditolak")),
    }[verdict.outcome]
    said = _("%(headline)s: rc %(rc)s, %(meaning)s, %(ms)s milidetik.") % {
        "headline": headline,
        "rc": verdict.rc or "-",
        "meaning": staff_text(verdict.rc),
        "ms": round(trial.seconds * 1000),
    }
    details = [said, f"SN {verdict.sn}." if verdict.sn else ""]
    details += [f"“{verdict.message}”." if verdict.message else ""]
    return level, " ".join(filter(None, [*details, _("Tidak ada pesanan dan tidak ada uang yang berpindah.")]))
