"""Orders by machine: place one, place up to fifty, look one up."""

from django.http import Http404
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from dealers import days
from dealers.models import Scope
from transactions import partner_sales
from transactions.api.native import problems
from transactions.api.native.schema import refusals
from transactions.api.native.security import PartnerView
from transactions.api.native.serializers import LONGEST_REF_ID, Batch, BatchOut, NewOrder, OrderOut, OrderPage, Text
from transactions.partner_sales import Sold, Wish

PER_PAGE = 100
_EXAMPLE = OpenApiExample(
    "pulsa",
    value={"ref_id": "A-1", "sku": "TSEL10", "destination": "081234567890", "max_price": 12_000},
    request_only=True,
)


class OrderQuery(serializers.Serializer[None]):
    """Which order, or which day and from where on."""

    ref_id = Text(
        required=False,
        max_length=LONGEST_REF_ID,
        min_length=1,
        trim_whitespace=False,
        help_text="Only this order, whatever the day; also a `ref_id` that cannot stand in a path.",
    )
    date = serializers.DateField(required=False, help_text="A day in the dealer's zone; today when left out.")
    cursor = serializers.IntegerField(required=False, min_value=0, max_value=2**62, default=0)
    limit = serializers.IntegerField(required=False, min_value=1, max_value=PER_PAGE, default=PER_PAGE)


class Orders(PartnerView):
    """`/api/v1/orders/`"""

    scope = Scope.BUY
    repeats_safely = True

    @extend_schema(
        operation_id="order_list",
        summary="A day's orders, or one by its ref_id",
        description="Every order that was placed on a day, as it stands now, oldest first: to compare with your own. "
        "What moved in the deposit on a day is in `/statements/`. With `ref_id` that order alone, if there is one.",
        parameters=[OrderQuery],
        responses={200: OrderPage, **refusals(401, 403, 422, 429, 503)},
    )
    def get(self, request: Request) -> Response:
        """Up to 100 to a page; a sandbox key is shown what was tried."""
        form = OrderQuery(data=request.query_params.dict())
        form.is_valid(raise_exception=True)
        wanted, dealer = form.validated_data, self.caller.dealer
        found, following, day = [], None, None
        if "ref_id" in wanted:
            found = [one] if (one := partner_sales.find(self.caller, wanted["ref_id"])) else []
        else:
            day = wanted.get("date") or days.today(dealer)
            found, following = partner_sales.of_day(self.caller, day, after=wanted["cursor"], limit=wanted["limit"])
        shown = {"date": day, "time_zone": dealer.time_zone, "results": found, "next": following}
        return Response(OrderPage(shown).data)

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
        summary="Read the order whose ref_id is batch",
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
