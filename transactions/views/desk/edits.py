"""An edit is shown before it is saved: first what it does to every price, then, with that seen, the deed."""

import copy
from typing import Protocol, TypeVar

from django.contrib import messages
from django.db.models import Model
from django.utils.translation import gettext as _

from dealers.middleware import DealerRequest
from transactions import catalogue_edits
from transactions.catalogue_edits import Effect

M = TypeVar("M", bound=Model)


def copied(row: M) -> M:
    """A row that a rehearsal may save without leaving a trace on the form's own."""
    return copy.copy(row)


class Edit(Protocol):
    """A deed that saves something and says whether prices below cost are meant."""

    def __call__(self, *, accept: bool) -> None: ...


def carry_out(request: DealerRequest, edit: Edit) -> Effect | None:
    """Save the edit when its effect was seen (`seen`) and each loss agreed to (`accept`); else its effect."""
    effect = catalogue_edits.rehearse(request.dealer, lambda: edit(accept=True))
    seen, accepts = request.POST.get("seen", ""), "accept" in request.POST
    if seen == effect.digest and (accepts or not effect.below_cost):
        edit(accept=accepts)
        return None
    if seen == effect.digest:
        messages.error(request, _("Ada harga di bawah modal. Centang persetujuannya, atau ubah. Belum disimpan."))
    elif seen:
        messages.warning(request, _("Akibatnya berubah sejak dilihat. Periksa lagi; belum disimpan."))
    return effect
