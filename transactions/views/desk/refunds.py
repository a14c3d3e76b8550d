"""Handing a guest's refund out."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dealers.access import Can
from dealers.guards import desk
from dealers.middleware import DealerRequest
from transactions import refunds
from transactions.desk_forms.orders import PayRefund
from transactions.models import RefundWay
from transactions.views.desk.page import page, staff


@desk(Can.PAY_REFUND)
@require_http_methods(["GET", "POST"])
def pay(request: DealerRequest, pk: int) -> HttpResponse:
    """/desk/pengembalian/<id>/"""
    refund = get_object_or_404(request.dealer.refunds.select_related("order__product__brand"), pk=pk)
    form = PayRefund(request.POST or None)
    if not form.is_valid():
        return page(request, "desk/refund.html", section="orders", refund=refund, order=refund.order, form=form)
    way, proof = RefundWay(form.cleaned_data["way"]), form.cleaned_data["reference"]
    try:
        refunds.pay(refund.pk, way=way, reference=proof, actor=staff(request), dealer_id=request.dealer.pk)
        messages.success(request, _("Pengembalian dicatat."))
    except refunds.NotDue:
        messages.error(request, _("Pengembalian ini tidak menunggu lagi. Tidak ada yang dibukukan."))
    return redirect("desk:order", code=refund.order.code)
