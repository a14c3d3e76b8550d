"""What suppliers and gateways tell us by themselves.

The signature is checked over the raw body before anything is read. An event is taken in once, in the
same transaction as what it changes; a repeat is answered like the first. A reference nobody knows is
kept as an orphan and answered 404.
"""

import structlog
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from dealers import selectors
from portal.lib import meters, tenancy, web
from portal.lib.prepared import Prepared
from transactions import inbound, orders, payments
from transactions.gateways import base as gateways
from transactions.gateways.registry import GATEWAYS
from transactions.models import Supplier
from transactions.suppliers import base as suppliers
from transactions.suppliers import connections

log = structlog.get_logger(__name__)

_SUPPLIER = Prepared(
    lambda dealer, code: Supplier.objects.filter(dealer_id=dealer, code=code).order_by()[:1], dealer=int, code=str
)


@csrf_exempt
@require_POST
def supplier(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """POST /hooks/suppliers/<dealer>.<supplier>/: 200 taken or known, 401 unsigned, 404 unknown, 422 garbled."""
    dealer = selectors.by_slug(slug)
    if dealer is None:
        return _answer("supplier", 404, "unknown_supplier")
    with tenancy.inside(dealer.pk):
        row = _SUPPLIER.first(dealer=dealer.pk, code=code)
    if row is None:
        return _answer("supplier", 404, "unknown_supplier")
    row.dealer = dealer
    try:
        callback = connections.connect(row).parse_callback(headers=request.headers, body=request.body)
    except suppliers.BadSignature:
        log.warning("callback refused: signature", dealer=slug, supplier=code, ip=web.client_ip(request))
        return _answer("supplier", 401, "bad_signature")
    except suppliers.BadCallback as error:
        log.warning("callback refused: content", dealer=slug, supplier=code, error=str(error)[:200])
        return _answer("supplier", 422, "bad_callback")
    if callback is None:
        return _answer("supplier", 200, "pong")
    known = inbound.take_supplier_callback(row, callback)
    return _answer("supplier", 200, "taken") if known else _answer("supplier", 404, "unknown_reference")


@csrf_exempt
@require_POST
def payment(request: HttpRequest, gateway: str) -> HttpResponse:
    """POST /hooks/payments/<gateway>/: 200 taken or known, 401 unsigned, 404 unknown, 422 garbled."""
    speaks = GATEWAYS.get(gateway)
    if speaks is None:
        return _answer("payment", 404, "unknown_gateway")
    try:
        notice = speaks.parse_callback(headers=request.headers, body=request.body)
    except gateways.BadSignature:
        log.warning("payment callback refused: signature", gateway=gateway, ip=web.client_ip(request))
        return _answer("payment", 401, "bad_signature")
    except gateways.BadCallback as error:
        log.warning("payment callback refused: content", gateway=gateway, error=str(error)[:200])
        return _answer("payment", 422, "bad_callback")
    dealer_id = orders.dealer_of(notice.payment_code.partition("-")[0])
    if dealer_id is None:
        return _answer("payment", 404, "unknown_payment")
    money = payments.Money(gateway=gateway, gateway_tx=notice.gateway_tx, amount=notice.amount)
    try:
        payments.receive(dealer_id, payment_code=notice.payment_code, money=money)
    except payments.UnknownPayment:
        return _answer("payment", 404, "unknown_payment")
    return _answer("payment", 200, "taken")


def _answer(source: str, status: int, result: str) -> HttpResponse:
    meters.callbacks.labels(source, result).inc()
    return JsonResponse({"result": result}, status=status)
