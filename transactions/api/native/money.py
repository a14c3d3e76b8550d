"""A partner's deposit: what lies in it, and what happened on a day."""

import csv
import io
from collections.abc import Mapping
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from dealers import days
from portal.lib import cells, tenancy
from transactions import partner_sales, partner_statements
from transactions.api.native.schema import refusals
from transactions.api.native.security import PartnerView
from transactions.api.native.serializers import Balance, StatementPage


class BalanceView(PartnerView):
    """`/api/v1/balance/`"""

    @extend_schema(
        operation_id="balance_read",
        summary="The deposit's balance",
        description="What orders are paid from. A sandbox key sees a balance that never changes.",
        responses={200: Balance, **refusals(401, 403, 429, 503)},
    )
    def get(self, request: Request) -> Response:
        """Rupiah in the deposit."""
        del request
        return Response({"balance": partner_sales.balance(self.caller), "sandbox": self.caller.is_sandbox})


class StatementQuery(serializers.Serializer[None]):
    """Which day, and from where on."""

    date = serializers.DateField(required=False, help_text="A day in the dealer's zone; today when left out.")
    cursor = serializers.IntegerField(required=False, min_value=0, default=0, max_value=2**62)


class StatementCsv(BaseRenderer):
    """The lines of a statement as a file: `Accept: text/csv`, or `?format=csv`."""

    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"
    columns = ("at", "kind", "reference", "order", "ref_id", "amount", "balance")

    def render(
        self, data: Mapping[str, Any], accepted_media_type: str | None = None, renderer_context: object = None
    ) -> bytes:
        """A heading and a line for each movement; no cell is a formula."""
        del accepted_media_type, renderer_context
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        writer.writerow(self.columns)
        for line in data["results"]:
            row = [line[name] for name in self.columns]
            writer.writerow([cells.text(value) if isinstance(value, str) else value for value in row])
        return text.getvalue().encode()


class StatementView(PartnerView):
    """`/api/v1/statements/`"""

    renderer_classes = [JSONRenderer, StatementCsv]

    @extend_schema(
        operation_id="statement_read",
        summary="A day of the deposit",
        description="Every movement with the balance after it, 100 to a page; as CSV the whole day at once. "
        "A sandbox key has none.",
        parameters=[StatementQuery],
        responses={
            (200, "application/json"): StatementPage,
            (200, "text/csv"): OpenApiTypes.STR,
            **refusals(401, 403, 404, 422, 429, 503),
        },
    )
    def get(self, request: Request) -> Response:
        """The movements of a day, 100 to a page. A sandbox key has none."""
        form = StatementQuery(data=request.query_params.dict())
        form.is_valid(raise_exception=True)
        dealer, wanted = self.caller.dealer, form.validated_data
        day = wanted.get("date") or days.today(dealer)
        if self.caller.is_sandbox:
            nothing = {"opening": partner_sales.balance(self.caller), "closing": partner_sales.balance(self.caller)}
            return Response({"date": day, "time_zone": dealer.time_zone, **nothing, "results": [], "next": None})
        with tenancy.inside(dealer.pk):
            how = {"after": wanted["cursor"], "whole": request.accepted_renderer.format == StatementCsv.format}
            found = partner_statements.read(dealer, self.caller.partner, day, **how)
        shown = {
            "date": found.day,
            "time_zone": dealer.time_zone,
            "opening": found.opening,
            "closing": found.closing,
            "results": found.lines,
            "next": None if found.next is None else str(found.next),
        }
        return Response(StatementPage(shown).data)
