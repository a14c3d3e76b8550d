"""Orders by machine: place one, place up to fifty, look one up."""

from django.http import Http404
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from dealers.models import Scope
from transactions import partner_sales
from transactions.api.native import problems
from transactions.api.native.schema import refusals
from transactions.api.native.security import PartnerView
from transactions.api.native.serializers import Batch, BatchOut, NewOrder, OrderOut, OrderQuery
from transactions.partner_sales import Sold, Wish

_EXAMPLE = OpenApiExample(
    "pulsa",
    value={"ref_id": "A-1", "sku": "TSEL10", "destination": "081234567890", "max_price": 12_000},
    request_only=True,
)


class Orders(PartnerView):
    """`/api/v1/orders/`"""

    scope = Scope.BUY
    repeats_safely = True

    @extend_schema(
        operation_id="order_find",
        summary="Find an order",
        description="By your own `ref_id`, also by one that cannot stand in a path: `..`, or what another protocol "
        "let you use.",
        parameters=[OrderQuery],
        responses={200: OrderOut, **refusals(401, 403, 404, 422, 429, 503)},
    )
    def get(self, request: Request) -> Response:
        """The order of this partner under its `ref_id`."""
        form = OrderQuery(data=request.query_params.dict())
        form.is_valid(raise_exception=True)
        return _found(self, form.validated_data["ref_id"])

    @extend_schema(
        operation_id="order_place",
        summary="Place an order",
        description="The same `ref_id` with the same content is answered with the order that stands: repeat freely.",
        request=NewOrder,
        examples=[_EXAMPLE],
        responses={
            201: OpenApiResponse(OrderOut, description="A new order, paid from the deposit."),
            200: OpenApiResponse(OrderOut, description="The order of this `ref_id`, as it stands."),
            **refusals(400, 401, 402, 403, 409, 413, 415, 422, 429, 503),
        },
    )
    def post(self, request: Request) -> Response:
        """Raises what `partner_sales.buy` raises."""
        sold = _place(self, request.data)
        return Response(OrderOut(sold.order).data, status=201 if sold.is_new else 200)


class OrderBatch(PartnerView):
    """`/api/v1/orders/batch/`; for reading, the order whose `ref_id` is that word."""

    scope = Scope.BUY
    repeats_safely = True

    @extend_schema(
        operation_id="order_read_batch",
        summary="Read the order whose ref_id is `batch`",
        description="As any other: `batch` is a `ref_id` like all others.",
        responses={200: OrderOut, **refusals(401, 403, 404, 429, 503)},
    )
    def get(self, request: Request) -> Response:
        """The order of this partner under its `ref_id`."""
        del request
        return _found(self, "batch")

    @extend_schema(
        operation_id="order_place_batch",
        summary="Place up to 50 orders",
        description="Each line stands for itself: one that is refused stops no other. Repeat as with one order.",
        request=Batch,
        examples=[OpenApiExample("two", value={"orders": [_EXAMPLE.value]}, request_only=True)],
        responses={200: BatchOut, **refusals(400, 401, 403, 413, 415, 422, 429, 503)},
    )
    def post(self, request: Request) -> Response:
        """One result per line, in their order."""
        form = Batch(data=request.data)
        form.is_valid(raise_exception=True)
        return Response({"results": [_line(self, each) for each in form.validated_data["orders"]]})


class OrderByRef(PartnerView):
    """`/api/v1/orders/{ref_id}/`"""

    @extend_schema(
        operation_id="order_read",
        summary="Read an order",
        description="By your own `ref_id`, for as long as there is a Konter.",
        responses={200: OrderOut, **refusals(401, 403, 404, 429, 503)},
    )
    def get(self, request: Request, ref_id: str) -> Response:
        """The order of this partner under its `ref_id`."""
        del request
        return _found(self, ref_id)


def _found(view: PartnerView, ref_id: str) -> Response:
    found = partner_sales.find(view.caller, ref_id)
    if found is None:
        raise Http404
    return Response(OrderOut(found).data)


def _place(view: PartnerView, data: object) -> Sold:
    form = NewOrder(data=data)
    form.is_valid(raise_exception=True)
    return partner_sales.buy(view.caller, Wish(**form.validated_data))


def _line(view: PartnerView, data: object) -> dict[str, object]:
    try:
        sold = _place(view, data)
    except problems.REFUSALS as error:
        status, problem = problems.of(error)
        return {"status": status, "problem": problem}
    return {"status": 201 if sold.is_new else 200, "order": OrderOut(sold.order).data}
