"""Deposit tickets by machine: announce a transfer, see what became of it, say that it was sent."""

from typing import Any

from django.core.validators import RegexValidator
from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from dealers.models import Scope
from portal.lib import tenancy
from transactions import deposit_tickets, webhooks
from transactions.api.native.schema import refusals
from transactions.api.native.security import PartnerView
from transactions.api.native.serializers import RefId, Text
from transactions.deposit_tickets import LARGEST, SMALLEST, Wish
from transactions.models import DepositTicket, TicketSource, TicketState
from transactions.models.deposit_tickets import LONGEST_PROOF

PER_PAGE = 100
_CODE = OpenApiParameter("code", OpenApiTypes.STR, OpenApiParameter.PATH, description="The ticket's code.")
_NEW = OpenApiExample("ticket", value={"amount": 500_000, "ref_id": "DEP-1"}, request_only=True)
_SENT = OpenApiExample("proof", value={"proof": "TRX 20261124 0001"}, request_only=True)


class SandboxHasNone(Exception):
    """A sandbox key has no deposit: a ticket would ask for real money."""


class OneLine(Text):
    """Text that fits on a line, with something to be seen in it."""

    def __init__(self, **more: Any) -> None:
        super().__init__(trim_whitespace=False, **more)
        self.validators.append(
            RegexValidator(r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]*[!-~][^\x00-\x1f\x7f-\x9f\u2028\u2029]*\Z")
        )


class NewDeposit(serializers.Serializer[None]):
    """A deposit to announce."""

    amount = serializers.IntegerField(
        min_value=SMALLEST, max_value=LARGEST, help_text="Rupiah that you want to deposit."
    )
    bank = OneLine(max_length=30, required=False, help_text="One of the dealer's banks; left out: its first.")
    ref_id = RefId(required=False, help_text="Your own id: the same one with the same content is the same ticket.")


class Claim(serializers.Serializer[None]):
    """What proves the transfer."""

    proof = OneLine(min_length=3, max_length=LONGEST_PROOF, help_text="The bank's reference, or who sent it and when.")


class DepositOut(serializers.Serializer[Any]):
    """A ticket as it stands."""

    code = serializers.CharField()
    ref_id = serializers.CharField(allow_null=True)
    state = serializers.ChoiceField(choices=[state.value for state in TicketState])
    asked = serializers.IntegerField(help_text="Rupiah that you asked for.")
    amount = serializers.IntegerField(help_text="Rupiah to transfer, to the last digit: all of it is credited.")
    credited = serializers.IntegerField(allow_null=True, help_text="Rupiah that came and are in your deposit.")
    bank = serializers.CharField()
    account_number = serializers.CharField()
    account_holder = serializers.CharField()
    proof = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(help_text="Money that comes later waits for the dealer's staff.")
    claimed_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)


class DepositPage(serializers.Serializer[None]):
    """Tickets, newest first; `next` is the cursor of the next page, null on the last."""

    results = DepositOut(many=True)
    next = serializers.IntegerField(allow_null=True)


class DepositQuery(serializers.Serializer[None]):
    """Which tickets."""

    state = serializers.ChoiceField(choices=[state.value for state in TicketState], required=False)
    cursor = serializers.IntegerField(min_value=1, max_value=2**62, required=False)
    limit = serializers.IntegerField(min_value=1, max_value=PER_PAGE, default=PER_PAGE, required=False)


class DepositView(PartnerView):
    """A call about deposit tickets."""

    scope = Scope.DEPOSIT

    def only_for_money(self) -> None:
        """Nothing of this with a sandbox key. Raises `SandboxHasNone`."""
        if self.caller.is_sandbox:
            raise SandboxHasNone


class Deposits(DepositView):
    """`/api/v1/deposits/`"""

    @extend_schema(
        operation_id="deposit_list",
        summary="Your deposit tickets",
        description="Newest first. A sandbox key has none.",
        parameters=[DepositQuery],
        responses={200: DepositPage, **refusals(401, 403, 422, 429, 503)},
    )
    def get(self, request: Request) -> Response:
        """Up to 100 to a page."""
        form = DepositQuery(data=request.query_params.dict())
        form.is_valid(raise_exception=True)
        wanted: dict[str, Any] = form.validated_data
        rows = [] if self.caller.is_sandbox else _page(self, wanted)
        shown = rows[: wanted["limit"]]
        following = shown[-1].pk if len(rows) > len(shown) else None
        return Response({"results": [webhooks.deposit_facts(row) for row in shown], "next": following})

    @extend_schema(
        operation_id="deposit_open",
        summary="Announce a deposit",
        description="Transfer exactly `amount`: its last digits say that it is yours. What comes is credited, whole, "
        "when the dealer sees it. Tickets wait for 24 hours, five at a time. Not with a sandbox key.",
        request=NewDeposit,
        examples=[_NEW],
        responses={
            201: OpenApiResponse(DepositOut, description="A new ticket."),
            200: OpenApiResponse(DepositOut, description="The ticket of this `ref_id`, as it stands."),
            **refusals(400, 401, 403, 409, 413, 415, 422, 429, 503),
        },
    )
    def post(self, request: Request) -> Response:
        """Raises `SandboxHasNone`, and what `deposit_tickets.open_` raises."""
        form = NewDeposit(data=request.data)
        form.is_valid(raise_exception=True)
        self.only_for_money()
        opened = deposit_tickets.open_(self.caller.partner, Wish(source=TicketSource.API, **form.validated_data))
        return Response(webhooks.deposit_facts(opened.ticket), status=201 if opened.is_new else 200)


def _page(view: DepositView, wanted: dict[str, Any]) -> list[DepositTicket]:
    asked = {"state": "state", "cursor": "pk__lt"}
    narrow = {field: wanted[name] for name, field in asked.items() if name in wanted}
    with tenancy.inside(view.caller.dealer.pk):
        return list(deposit_tickets.of(view.caller.partner).filter(**narrow)[: wanted["limit"] + 1])


class Deposit(DepositView):
    """`/api/v1/deposits/{code}/`"""

    @extend_schema(
        operation_id="deposit_read",
        summary="Read a deposit ticket",
        parameters=[_CODE],
        responses={200: DepositOut, **refusals(401, 403, 404, 429, 503)},
    )
    def get(self, request: Request, code: str) -> Response:
        """One of this partner's tickets."""
        del request
        with tenancy.inside(self.caller.dealer.pk):
            found = deposit_tickets.of(self.caller.partner).filter(code=code).first()
        if found is None or self.caller.is_sandbox:
            raise Http404
        return Response(webhooks.deposit_facts(found))


class DepositClaim(DepositView):
    """`/api/v1/deposits/{code}/claim/`"""

    @extend_schema(
        operation_id="deposit_claim",
        summary="Say that it was transferred",
        description="The dealer's staff are asked to look. Also for a ticket that has expired; one that is credited "
        "stays as it is.",
        parameters=[_CODE],
        request=Claim,
        examples=[_SENT],
        responses={200: DepositOut, **refusals(400, 401, 403, 404, 409, 413, 415, 422, 429, 503)},
    )
    def post(self, request: Request, code: str) -> Response:
        """Raises `SandboxHasNone`."""
        form = Claim(data=request.data)
        form.is_valid(raise_exception=True)
        self.only_for_money()
        try:
            ticket = deposit_tickets.claim(self.caller.partner, code, proof=form.validated_data["proof"])
        except deposit_tickets.UnknownTicket as error:
            raise Http404 from error
        return Response(webhooks.deposit_facts(ticket))
