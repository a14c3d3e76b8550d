"""Every component in every state, by day and by night: what a page may be built of. Only in the demo."""

import re
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_GET

from dealers.access import Can
from dealers.guards import desk
from dealers.middleware import DealerRequest
from transactions.desk_selectors.specimens import specimens
from transactions.views.desk.page import page

_SPRITE = Path(settings.BASE_DIR) / "static" / "icons.svg"


@desk(Can.SEE_DESK)
@require_GET
def index(request: DealerRequest) -> HttpResponse:
    """GET /desk/styleguide/"""
    if not settings.DEMO:
        raise Http404("only in the demo")
    shown = specimens(request.dealer, _icons())
    return page(request, "desk/styleguide.html", section="styleguide", s=shown, tones=("light", "dark"))


@cache
def _icons() -> list[str]:
    return re.findall(r'<symbol id="([a-z]+)"', _SPRITE.read_text(encoding="utf-8"))
