"""A dealer's page for developers of partners: everything that a program needs to buy here, without signing in."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_safe

from dealers import call_log
from dealers.middleware import DealerRequest
from dealers.models import Dialect
from transactions.views import developer_facts as facts

LANGUAGES = ("curl", "Python", "PHP")
VECTOR = {
    "key": "mitra-demo-key",
    "timestamp": "1763949600",
    "method": "POST",
    "path": "/api/v1/orders/",
    "body": '{"ref_id":"A-1","sku":"TSEL10","destination":"081234567890"}',
}
"""What the calculator begins with; its result is in everybody's documents of the interface."""


@require_safe
def guide(request: DealerRequest) -> HttpResponse:
    """`/k/<dealer>/mitra/pengembang/?dialek=…`"""
    is_digiflazz = request.GET.get("dialek") == Dialect.DIGIFLAZZ
    dialect = Dialect.DIGIFLAZZ if is_digiflazz else Dialect.NATIVE
    places = _places(request)
    context = {
        "dialect": dialect,
        "samples": _samples(dialect, places),
        "tries": facts.tries(),
        "changes": facts.CHANGES,
        "limits": facts.bounds_of_calls(),
        "hooks": facts.webhook_rules(),
        "arrival": facts.arrival(request.dealer),
        "answers": call_log.speed(request.dealer),
        "vector": VECTOR,
    }
    words = {"codes": facts.codes()} if is_digiflazz else {"problems": facts.PROBLEMS, "reasons": facts.reasons()}
    return render(request, "storefront/developers/page.html", context | places | words)


def _places(request: DealerRequest) -> dict[str, str]:
    base = settings.KONTER_BASE_URL
    return {
        "api": base + reverse("api:nothing", args=[""]),
        "h2h": base + reverse("digiflazz:balance").rpartition("/")[0],
        "sku": facts.product_to_try(request.dealer),
        "number": facts.TRIED,
    }


def _samples(dialect: Dialect, places: dict[str, str]) -> list[tuple[str, str]]:
    return [
        (name, render_to_string(f"storefront/developers/{dialect}_{name.lower()}.txt", places).strip())
        for name in LANGUAGES
    ]
