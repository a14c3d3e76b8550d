"""Where a partner is told how its orders end, what it was told, and telling it again."""

from typing import Any, cast

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from dealers.models import Scope
from portal.lib import tenancy
from transactions import webhook_endpoints, webhooks
from transactions.api.native.schema import refusals
from transactions.api.native.security import PartnerView
from transactions.api.native.serializers import Text, YesNo
from transactions.models import DeliveryState, HookEvent, HookFormat, WebhookDelivery, WebhookEndpoint
from transactions.models.webhooks import LONGEST_URL

PER_PAGE = 100
_EVENTS = [event.value for event in HookEvent]
_CODE = OpenApiParameter("code", OpenApiTypes.STR, OpenApiParameter.PATH, description="The endpoint's code.")


class NewEndpoint(serializers.Serializer[None]):
    """An address to be told at. Without `secret` your own of this format is used."""

    url = Text(max_length=LONGEST_URL, trim_whitespace=False, help_text="Public, https or http.")
    format = serializers.ChoiceField(choices=[how.value for how in HookFormat], default=HookFormat.NATIVE.value)
    events = serializers.ListField(
        child=serializers.ChoiceField(choices=_EVENTS), min_length=1, max_length=len(_EVENTS), required=False
    )
    secret = Text(
        max_length=128,
        trim_whitespace=False,
        required=False,
        help_text="`native`: `whsec_` and the base64 of 24 to 64 bytes. `digiflazz`: 8 to 128 characters.",
    )


class EndpointChange(serializers.Serializer[None]):
    """What is to be otherwise; what is left out stays."""

    url = Text(max_length=LONGEST_URL, trim_whitespace=False, required=False)
    events = serializers.ListField(
        child=serializers.ChoiceField(choices=_EVENTS), min_length=1, max_length=len(_EVENTS), required=False
    )
    is_open = YesNo(required=False, help_text="While it is closed, what is for it waits.")


class EndpointOut(serializers.Serializer[Any]):
    """An endpoint as it stands."""

    code = serializers.CharField()
    url = serializers.CharField()
    format = serializers.ChoiceField(choices=[how.value for how in HookFormat])
    events = serializers.ListField(child=serializers.ChoiceField(choices=_EVENTS))
    is_open = serializers.BooleanField()
    failing_since = serializers.DateTimeField(allow_null=True)
    paused_at = serializers.DateTimeField(
        allow_null=True, help_text="It accepted nothing for 24 hours: what is for it waits until it is resumed."
    )
    created_at = serializers.DateTimeField()


class EndpointMade(EndpointOut):
    """A new endpoint."""

    secret = serializers.CharField(
        allow_blank=True, help_text="A secret that was made just now: it is not shown again. Empty: you have it."
    )


class EndpointList(serializers.Serializer[None]):
    """All endpoints, five at most."""

    results = EndpointOut(many=True)


class DeliveryOut(serializers.Serializer[Any]):
    """One thing told to one address."""

    id = serializers.IntegerField()
    webhook_id = serializers.CharField(source="event_id", help_text="The same on every try.")
    endpoint = serializers.CharField(source="endpoint.code", default=None, allow_null=True, help_text="Null: `cb_url`.")
    type = serializers.CharField(source="kind")
    ref_id = serializers.CharField(allow_blank=True)
    order = serializers.CharField(source="order_code", allow_blank=True)
    state = serializers.ChoiceField(choices=[state.value for state in DeliveryState])
    tries = serializers.IntegerField()
    last_status = serializers.IntegerField(allow_null=True)
    last_ms = serializers.IntegerField(allow_null=True)
    last_error = serializers.CharField(
        source="error_word", allow_blank=True, help_text="Why there was no answer, as one stable word."
    )
    body = serializers.CharField(help_text="The very text that is signed and sent.")
    created_at = serializers.DateTimeField()
    next_at = serializers.DateTimeField(allow_null=True)
    delivered_at = serializers.DateTimeField(allow_null=True)


class DeliveryQuery(serializers.Serializer[None]):
    """Which deliveries."""

    endpoint = serializers.CharField(max_length=16, required=False)
    state = serializers.ChoiceField(choices=[state.value for state in DeliveryState], required=False)
    ref_id = serializers.CharField(max_length=64, required=False)
    cursor = serializers.IntegerField(min_value=1, max_value=2**62, required=False)
    limit = serializers.IntegerField(min_value=1, max_value=PER_PAGE, default=PER_PAGE, required=False)


class DeliveryPage(serializers.Serializer[None]):
    """Deliveries, newest first; `next` is the cursor of the next page, null on the last."""

    results = DeliveryOut(many=True)
    next = serializers.IntegerField(allow_null=True)


class Replayed(serializers.Serializer[None]):
    """How many deliveries are sent again."""

    count = serializers.IntegerField()


class WebhookView(PartnerView):
    """A call about webhooks; its key must open them for reading too, because bodies are shown."""

    scope = Scope.WEBHOOK

    def scope_of(self, method: str) -> Scope:
        """Always the same."""
        del method
        return self.scope

    def endpoint(self, code: str) -> WebhookEndpoint:
        """This partner's endpoint. Inside the dealer's transaction; raises `Http404`."""
        rows = webhooks.in_use(self.caller.dealer.pk, self.caller.partner.pk)
        found = rows.select_for_update(no_key=True).filter(code=code).first()
        if found is None:
            raise Http404
        return cast(WebhookEndpoint, found)

    def deliveries(self) -> QuerySet[WebhookDelivery]:
        """What this partner was told. Inside the dealer's transaction."""
        rows = WebhookDelivery.objects.filter(dealer=self.caller.dealer, partner=self.caller.partner)
        return rows.select_related("endpoint")


class Endpoints(WebhookView):
    """`/api/v1/webhooks/`"""

    @extend_schema(
        operation_id="webhook_list",
        summary="Your webhook endpoints",
        responses={200: EndpointList, **refusals(401, 403, 429, 503)},
    )
    def get(self, request: Request) -> Response:
        """All of them."""
        del request
        with tenancy.inside(self.caller.dealer.pk):
            rows = list(webhooks.in_use(self.caller.dealer.pk, self.caller.partner.pk))
        return Response({"results": EndpointOut(rows, many=True).data})

    @extend_schema(
        operation_id="webhook_add",
        summary="Be told at an address",
        description="When an order ends, it is POSTed there, signed as in Standard Webhooks or as by Digiflazz.",
        request=NewEndpoint,
        examples=[OpenApiExample("native", value={"url": "https://mitra.example/konter"}, request_only=True)],
        responses={201: EndpointMade, **refusals(400, 401, 403, 409, 413, 415, 422, 429, 503)},
    )
    def post(self, request: Request) -> Response:
        """Raises `webhooks.BadUrl`, and what `webhook_endpoints.add` raises."""
        form = NewEndpoint(data=request.data)
        form.is_valid(raise_exception=True)
        wanted = form.validated_data
        webhooks.check_url(wanted["url"])
        with tenancy.inside(self.caller.dealer.pk):
            made = webhook_endpoints.add(
                self.caller.partner,
                url=wanted["url"],
                how=HookFormat(wanted["format"]),
                events=tuple(dict.fromkeys(wanted.get("events", _EVENTS))),
                secret=wanted.get("secret", ""),
            )
        return Response({**EndpointOut(made.endpoint).data, "secret": made.secret}, status=201)


class Endpoint(WebhookView):
    """`/api/v1/webhooks/{code}/`"""

    @extend_schema(
        operation_id="webhook_change",
        summary="Change an endpoint",
        parameters=[_CODE],
        request=EndpointChange,
        responses={200: EndpointOut, **refusals(400, 401, 403, 404, 413, 415, 422, 429, 503)},
    )
    def patch(self, request: Request, code: str) -> Response:
        """Raises `webhooks.BadUrl`."""
        form = EndpointChange(data=request.data)
        form.is_valid(raise_exception=True)
        wanted = form.validated_data
        if "url" in wanted:
            webhooks.check_url(wanted["url"])
        with tenancy.inside(self.caller.dealer.pk):
            found = self.endpoint(code)
            webhook_endpoints.change(
                found,
                url=wanted.get("url", found.url),
                events=tuple(dict.fromkeys(wanted.get("events", found.events))),
                is_open=wanted.get("is_open", found.is_open),
            )
        return Response(EndpointOut(found).data)

    @extend_schema(
        operation_id="webhook_remove",
        summary="Remove an endpoint",
        description="What is on its way there is given up.",
        parameters=[_CODE],
        request=None,
        responses={204: OpenApiResponse(description="It is gone."), **refusals(401, 403, 404, 429, 503)},
    )
    def delete(self, request: Request, code: str) -> Response:
        """Nothing more goes there."""
        del request
        with tenancy.inside(self.caller.dealer.pk):
            webhook_endpoints.remove(self.endpoint(code))
        return Response(status=204)


class EndpointTest(WebhookView):
    """`/api/v1/webhooks/{code}/test/`"""

    @extend_schema(
        operation_id="webhook_test",
        summary="Ping an endpoint",
        description="Sent within a second, tried once, also to a paused endpoint; look the delivery up for the result.",
        parameters=[_CODE],
        request=None,
        responses={202: DeliveryOut, **refusals(401, 403, 404, 429, 503)},
    )
    def post(self, request: Request, code: str) -> Response:
        """The delivery, not sent yet."""
        del request
        with tenancy.inside(self.caller.dealer.pk):
            made = webhooks.ping(self.endpoint(code))
        return Response(DeliveryOut(made).data, status=202)


class EndpointResume(WebhookView):
    """`/api/v1/webhooks/{code}/resume/`"""

    @extend_schema(
        operation_id="webhook_resume",
        summary="Resume a paused endpoint",
        description="What waited is sent.",
        parameters=[_CODE],
        request=None,
        responses={200: EndpointOut, **refusals(401, 403, 404, 429, 503)},
    )
    def post(self, request: Request, code: str) -> Response:
        """The endpoint, which is tried again."""
        del request
        with tenancy.inside(self.caller.dealer.pk):
            found = self.endpoint(code)
            webhook_endpoints.resume(found)
        return Response(EndpointOut(found).data)


class EndpointReplay(WebhookView):
    """`/api/v1/webhooks/{code}/replay/`"""

    @extend_schema(
        operation_id="webhook_replay_failed",
        summary="Send again what was given up",
        description="The newest thousand, under the same `webhook-id`.",
        parameters=[_CODE],
        request=None,
        responses={202: Replayed, **refusals(401, 403, 404, 429, 503)},
    )
    def post(self, request: Request, code: str) -> Response:
        """How many."""
        del request
        with tenancy.inside(self.caller.dealer.pk):
            count = webhook_endpoints.replay_failed(self.endpoint(code))
        return Response({"count": count}, status=202)


class Deliveries(WebhookView):
    """`/api/v1/webhooks/deliveries/`"""

    @extend_schema(
        operation_id="delivery_list",
        summary="What you were told",
        description="Of the last 90 days, newest first.",
        parameters=[DeliveryQuery],
        responses={200: DeliveryPage, **refusals(401, 403, 422, 429, 503)},
    )
    def get(self, request: Request) -> Response:
        """Up to 100 to a page."""
        form = DeliveryQuery(data=request.query_params.dict())
        form.is_valid(raise_exception=True)
        wanted: dict[str, Any] = form.validated_data
        asked = {"endpoint": "endpoint__code", "state": "state", "ref_id": "ref_id", "cursor": "pk__lt"}
        narrow = {field: wanted[name] for name, field in asked.items() if name in wanted}
        with tenancy.inside(self.caller.dealer.pk):
            rows = list(self.deliveries().filter(**narrow).order_by("-pk")[: wanted["limit"] + 1])
        shown = rows[: wanted["limit"]]
        following = shown[-1].pk if len(rows) > len(shown) else None
        return Response({"results": DeliveryOut(shown, many=True).data, "next": following})


class DeliveryReplay(WebhookView):
    """`/api/v1/webhooks/deliveries/{id}/replay/`"""

    @extend_schema(
        operation_id="delivery_replay",
        summary="Send one delivery again",
        description="From the first try on, under the same `webhook-id`.",
        request=None,
        responses={202: DeliveryOut, **refusals(401, 403, 404, 429, 503)},
    )
    def post(self, request: Request, pk: int) -> Response:
        """The delivery, waiting once more; one to an endpoint that was removed is not found."""
        del request
        with tenancy.inside(self.caller.dealer.pk):
            rows = self.deliveries().select_for_update(no_key=True, of=("self",))
            found = rows.filter(pk=pk, endpoint__removed_at__isnull=True).first()
            if found is None:
                raise Http404
            webhook_endpoints.replay(found)
        return Response(DeliveryOut(found).data, status=202)
