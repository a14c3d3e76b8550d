"""What a partner's machines asked of us and were told, for whoever looks for a mistake."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from dealers import call_log
from dealers.call_log import Wanted
from dealers.models import Dialect
from portal.lib import tenancy
from transactions.api.native.schema import refusals
from transactions.api.native.security import PartnerView

PER_PAGE = 100


class CallOut(serializers.Serializer[Any]):
    """One call. Secrets are hidden, numbers cut to their ends, bodies cut after 2,000 characters."""

    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    request_id = serializers.CharField(help_text="As in `X-Request-Id`.")
    key = serializers.CharField(source="key_name", allow_blank=True, help_text="Name of the key; empty: none fitted.")
    sandbox = serializers.BooleanField(source="is_sandbox")
    dialect = serializers.ChoiceField(choices=[each.value for each in Dialect])
    method = serializers.CharField()
    path = serializers.CharField()
    ref_id = serializers.CharField(allow_blank=True)
    status = serializers.IntegerField(help_text="HTTP status.")
    code = serializers.CharField(allow_blank=True, help_text="A problem's `code`, or the rc of the Digiflazz dialect.")
    ms = serializers.IntegerField(help_text="Milliseconds until the answer was made.")
    address = serializers.CharField(help_text="Where the call came from.")
    request = serializers.CharField(allow_blank=True)
    answer = serializers.CharField(allow_blank=True)


class CallQuery(serializers.Serializer[None]):
    """Which calls."""

    date = serializers.DateField(required=False, help_text="A day in the dealer's zone.")
    status = serializers.IntegerField(required=False, min_value=100, max_value=599, help_text="An HTTP status.")
    ref_id = serializers.CharField(max_length=64, required=False)
    dialect = serializers.ChoiceField(choices=[each.value for each in Dialect], required=False)
    cursor = serializers.IntegerField(min_value=1, max_value=2**62, required=False)
    limit = serializers.IntegerField(min_value=1, max_value=PER_PAGE, default=PER_PAGE, required=False)


class CallPage(serializers.Serializer[None]):
    """Calls, newest first; `next` is the cursor of the next page, null on the last."""

    results = CallOut(many=True)
    next = serializers.IntegerField(allow_null=True)


_EXAMPLE = OpenApiExample(
    "refused",
    value={
        "results": [
            {
                "id": 4711,
                "at": "2026-11-24T09:41:07+07:00",
                "request_id": "0b6f6f7f2d1c4d6f9f3f0f3f6d1c2b7a",
                "key": "3f9a1c07",
                "sandbox": True,
                "dialect": "native",
                "method": "POST",
                "path": "/api/v1/orders/",
                "ref_id": "A-1",
                "status": 422,
                "code": "unknown_sku",
                "ms": 6,
                "address": "203.0.113.7",
                "request": '{"ref_id": "A-1", "sku": "TSEL11", "destination": "0812****890"}',
                "answer": '{"type": "urn:konter:problem:unknown_sku", "status": 422, "code": "unknown_sku"}',
            }
        ],
        "next": None,
    },
    response_only=True,
    status_codes=["200"],
)


class Calls(PartnerView):
    """`/api/v1/calls/`"""

    keeps_answer = False

    @extend_schema(
        operation_id="call_list",
        summary="Your own calls",
        description="Of the last 30 days, newest first, taken and refused, in both dialects and by all of your keys. "
        "Of refused ones at most 60 a minute are kept.",
        parameters=[CallQuery],
        examples=[_EXAMPLE],
        responses={200: CallPage, **refusals(401, 403, 422, 429, 503)},
    )
    def get(self, request: Request) -> Response:
        """Up to 100 to a page."""
        form = CallQuery(data=request.query_params.dict())
        form.is_valid(raise_exception=True)
        given: dict[str, Any] = form.validated_data
        wanted = Wanted(
            day=given.get("date"),
            statuses=range(given["status"], given["status"] + 1) if "status" in given else None,
            ref_id=given.get("ref_id", ""),
            dialect=given.get("dialect", ""),
        )
        with tenancy.inside(self.caller.dealer.pk):
            rows = call_log.of(self.caller.partner, wanted)
            if "cursor" in given:
                rows = rows.filter(pk__lt=given["cursor"])
            found = list(rows[: given["limit"] + 1])
        shown = found[: given["limit"]]
        following = shown[-1].pk if len(found) > len(shown) else None
        return Response({"results": CallOut(shown, many=True).data, "next": following})
