"""What the OpenAPI description says beyond the views: errors, and how a call is signed."""

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiResponse

from transactions.api.native.serializers import Problem

_WORDS = {
    400: "The body is not JSON.",
    401: "No key, a key we do not know, a signature that does not fit, or one used before.",
    402: "The deposit or the daily cap does not suffice; nothing was bought.",
    403: "The key, the address or the partner may not do this.",
    404: "There is no such thing here.",
    409: "The `ref_id` stands for other content, the product is closed, its price is above `max_price`, "
    "there are endpoints or open deposit tickets enough, or a sandbox key asks for a deposit.",
    413: "More than 64 kB.",
    415: "The body is not `application/json`.",
    422: "A field is wrong; `errors` says which.",
    429: "Too many calls; `Retry-After` says in how many seconds to come again.",
    503: "The database is away; `Retry-After` says in how many seconds to come again.",
}


def refusals(*statuses: int) -> dict[int | tuple[int, str], OpenApiResponse]:
    """The problem answers of these statuses."""
    return {
        (status, "application/problem+json"): OpenApiResponse(Problem, description=_WORDS[status])
        for status in statuses
    }


class PartnerAuthenticationScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How `PartnerAuthentication` is described."""

    target_class = "transactions.api.native.security.PartnerAuthentication"
    name = ["bearer", "signed"]

    def get_security_requirement(self, auto_schema: AutoSchema) -> list[dict[str, list[str]]]:
        """Either of them."""
        del auto_schema
        return [{name: []} for name in self.name]

    def get_security_definition(self, auto_schema: AutoSchema) -> list[dict[str, str]]:
        """The key itself, or a signature made with it."""
        del auto_schema
        return [
            {"type": "http", "scheme": "bearer", "description": "The API key, over TLS."},
            {
                "type": "apiKey",
                "in": "header",
                "name": "Konter-Signature",
                "description": "`v1=` and the hexadecimal HMAC-SHA256, under the API key, of "
                '`timestamp + "." + METHOD + "." + path-with-query + "." + body`; with the headers `Konter-Key` '
                "(user name), `Konter-Timestamp` (Unix seconds) and, for calls that change something other than by "
                "placing orders, `Konter-Nonce`.",
            },
        ]
