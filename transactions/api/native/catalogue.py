"""What a partner may buy, at its price; and whose number a number is."""

import hashlib
import json
from typing import Any

from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from portal.lib import msisdn, tenancy
from transactions import catalog, partner_sales
from transactions.api.native.schema import refusals
from transactions.api.native.security import PartnerView
from transactions.api.native.serializers import BrandOut, ChangePage, ProductPage
from transactions.catalog import Tile
from transactions.models import Kind, SyncEvent, Tier

PAGE = 100


class ProductQuery(serializers.Serializer[None]):
    """Which products are wanted."""

    kind = serializers.ChoiceField(choices=[kind.value for kind in Kind], required=False)
    brand = serializers.CharField(max_length=10, required=False)
    cursor = serializers.CharField(max_length=20, required=False, help_text="From `next` of the page before.")
    limit = serializers.IntegerField(min_value=1, max_value=PAGE, default=PAGE)


class Products(PartnerView):
    """`/api/v1/products/`"""

    @extend_schema(
        operation_id="product_list",
        summary="Products and prices",
        description="Send `If-None-Match` with the last `ETag`: 304 says that nothing on this page has changed.",
        parameters=[
            ProductQuery,
            OpenApiParameter("If-None-Match", str, OpenApiParameter.HEADER, description="The `ETag` that you have."),
        ],
        responses={200: ProductPage, 304: None, **refusals(401, 403, 422, 429, 503)},
    )
    def get(self, request: Request) -> HttpResponse:
        """A page of products, or 304."""
        form = ProductQuery(data=request.query_params.dict())
        form.is_valid(raise_exception=True)
        page = _page(self, form.validated_data)
        tag = f'W/"{hashlib.sha256(json.dumps(page).encode()).hexdigest()[:24]}"'
        same = get_conditional_response(request, etag=tag)
        answer = same if same is not None else Response(page)
        answer["ETag"], answer["Cache-Control"] = tag, "private, no-cache"
        return answer


def _page(view: PartnerView, wanted: dict[str, Any]) -> dict[str, Any]:
    dealer_id, tier = view.caller.dealer.pk, Tier(view.caller.partner.tier)
    kinds = [Kind(wanted["kind"])] if "kind" in wanted else list(Kind)
    with tenancy.inside(dealer_id):
        tiles = [tile for kind in kinds for tile in catalog.tiles(dealer_id, kind=kind, brand=None, tier=tier)]
    code = wanted.get("brand", "").upper()
    after = wanted.get("cursor", "")
    rows = sorted((t for t in tiles if not code or t.product.brand.code.upper() == code), key=lambda t: t.product.sku)
    rest = [tile for tile in rows if tile.product.sku > after]
    shown = rest[: wanted["limit"]]
    return {
        "results": [_product(tile) for tile in shown],
        "next": shown[-1].product.sku if len(rest) > len(shown) else None,
    }


def _product(tile: Tile) -> dict[str, Any]:
    product = tile.product
    return {
        "sku": product.sku,
        "name": product.name,
        "kind": product.kind,
        "brand": product.brand.code,
        "nominal": product.nominal,
        "price": tile.price,
        "is_open": tile.is_open,
        "reopens_at": tile.reopens_at.isoformat() if tile.reopens_at else None,
        "description": product.description,
    }


class ChangeQuery(serializers.Serializer[None]):
    """From where on."""

    since = serializers.IntegerField(
        min_value=0, max_value=2**62, default=0, help_text="The `version` of the page before; 0 for everything kept."
    )


class ProductChanges(PartnerView):
    """`/api/v1/products/changes/`"""

    @extend_schema(
        operation_id="product_changes",
        summary="What changed in products and prices",
        description="Numbered in the order of effect: whoever asks since the last `version` misses nothing.",
        parameters=[ChangeQuery],
        responses={200: ChangePage, **refusals(401, 403, 422, 429, 503)},
    )
    def get(self, request: Request) -> Response:
        """A page of changes of what this partner may buy, at its price."""
        form = ChangeQuery(data=request.query_params.dict())
        form.is_valid(raise_exception=True)
        since, caller = form.validated_data["since"], self.caller
        with tenancy.inside(caller.dealer.pk):
            rows = SyncEvent.objects.filter(dealer=caller.dealer, product__isnull=False, version__gt=since)
            found = list(rows.filter(tier__in=["", caller.partner.tier]).order_by("version")[: PAGE + 1])
        shown = found[:PAGE]
        version = shown[-1].version if shown else since
        return Response(ChangePage({"results": shown, "version": version, "more": len(found) > PAGE}).data)


class BrandQuery(serializers.Serializer[None]):
    """A phone number in any spelling."""

    number = serializers.CharField(max_length=32)


class BrandDetect(PartnerView):
    """`/api/v1/brands/detect/`"""

    @extend_schema(
        operation_id="brand_detect",
        summary="Whose number is it",
        description="By its prefix. Numbers keep their operator in Indonesia.",
        parameters=[BrandQuery],
        responses={200: BrandOut, **refusals(401, 403, 422, 429, 503)},
    )
    def get(self, request: Request) -> Response:
        """The brand that the number's prefix belongs to. Raises `partner_sales.BadDestination`."""
        form = BrandQuery(data=request.query_params.dict())
        form.is_valid(raise_exception=True)
        try:
            number = msisdn.parse(form.validated_data["number"])
        except msisdn.NotANumber as error:
            raise partner_sales.BadDestination(error) from error
        brand = catalog.detect_brand(number)
        found = {"brand": brand.code, "name": brand.name} if brand else {"brand": None, "name": None}
        return Response({"number": msisdn.national(number), **found})
