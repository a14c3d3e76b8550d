"""What a phone needs to put a shop on its home screen: the manifest, and the icons that it names."""

from django.http import Http404, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from dealers import icons
from dealers.icons import Picture
from dealers.middleware import DealerRequest
from dealers.models import Dealer

_YEAR = 31_536_000
_HOUR = 3600
_PAPER = "#f4f1ea"


@require_safe
@cache_control(max_age=_HOUR)
def manifest(request: DealerRequest) -> HttpResponse:
    """`/k/<dealer>/manifest.webmanifest`. Its scope is this shop: another dealer's never opens in this one's frame."""
    dealer, home = request.dealer, reverse("shop", args=[request.dealer.slug])
    content = {
        "id": home,
        "start_url": home,
        "scope": home,
        "name": dealer.name,
        "short_name": _short(dealer.name),
        "description": _("Isi pulsa, paket data dan token PLN di %(shop)s, tanpa akun.") % {"shop": dealer.name},
        "lang": get_language(),
        "display": "standalone",
        "theme_color": dealer.brand_colour,
        "background_color": _PAPER,
        "icons": _icons(dealer),
    }
    return JsonResponse(content, content_type="application/manifest+json")


@require_safe
def svg(request: DealerRequest) -> HttpResponse:
    """The icon that scales."""
    shown = icons.face(request.dealer)
    return _kept(request, HttpResponse(icons.svg(shown), content_type="image/svg+xml"), shown.fingerprint)


@require_safe
def png(request: DealerRequest, picture: str) -> HttpResponse:
    """One of the sizes; 404 for others."""
    if picture not in set(Picture):
        raise Http404(picture)
    shown = icons.face(request.dealer)
    content = icons.png(shown, Picture(picture))
    return _kept(request, HttpResponse(content, content_type="image/png"), shown.fingerprint)


def _kept(request: DealerRequest, answer: HttpResponse, fingerprint: str) -> HttpResponse:
    """For ever under the address that names this very picture, for an hour under an older one."""
    if request.GET.get("v") == fingerprint:
        patch_cache_control(answer, public=True, max_age=_YEAR, immutable=True)
    else:
        patch_cache_control(answer, public=True, max_age=_HOUR)
    return answer


def _icons(dealer: Dealer) -> list[dict[str, str]]:
    version = f"?v={icons.face(dealer).fingerprint}"
    drawn = [
        {
            "src": reverse("icon_png", args=[dealer.slug, picture.value]) + version,
            "type": "image/png",
            "sizes": f"{picture.pixels}x{picture.pixels}",
            "purpose": "maskable" if picture == Picture.MASKABLE else "any",
        }
        for picture in Picture
    ]
    scaling = {"src": reverse("icon_svg", args=[dealer.slug]) + version, "type": "image/svg+xml", "sizes": "any"}
    return [*drawn, {**scaling, "purpose": "any"}]


def _short(name: str) -> str:
    """As many whole words as fit under an icon (12 characters), or the beginning of the first."""
    words = name.split()
    fitting = [" ".join(words[:count]) for count in range(1, len(words) + 1)]
    return max((text for text in fitting if len(text) <= 12), key=len, default=name[:12])
