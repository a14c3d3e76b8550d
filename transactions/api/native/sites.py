"""How mature a site is: for partners that choose whom to trade with."""

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from dealers import standing
from dealers.models import Dealer
from transactions.api.native.schema import refusals
from transactions.api.native.security import PartnerView
from transactions.api.native.serializers import SiteMaturity


class MaturityView(PartnerView):
    """`/api/v1/sites/{slug}/maturity`"""

    @extend_schema(
        operation_id="site_maturity",
        summary="The measured level of a site",
        description="Of any dealer on this portal. `level` is null while no level has been measured.",
        responses={200: SiteMaturity, **refusals(401, 403, 404, 429, 503)},
    )
    def get(self, request: Request, slug: str) -> Response:
        """The level that is true today. Raises `NotFound`."""
        del request
        dealer = Dealer.objects.filter(slug=slug).first()
        if dealer is None:
            raise NotFound
        found = standing.of(dealer)
        level, at = (found.level, found.measured_at) if found else (None, None)
        return Response(
            SiteMaturity({"slug": dealer.slug, "name": dealer.name, "level": level, "measured_at": at}).data
        )
