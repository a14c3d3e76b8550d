"""`/metrics`: what `portal.lib.meters` counted, as Prometheus text, for whoever has the token.

With `PROMETHEUS_MULTIPROC_DIR` set every process counts into that folder, and any web worker answers
for all of them. The counts of a worker that died stay (totals never fall); its gauges go.
"""

import os
import re
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest, multiprocess

from portal.health import has_token

_LIVE_GAUGE = re.compile(r"gauge_live\w*_(\d+)\.db")


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus text; 401 without the bearer token, 404 where no token is set."""
    if not settings.METRICS_TOKEN:
        raise Http404
    if not has_token(request):
        return HttpResponse("METRICS_TOKEN\n", status=401, headers={"WWW-Authenticate": 'Bearer realm="metrics"'})
    return HttpResponse(text(), content_type=CONTENT_TYPE_LATEST)


def text() -> bytes:
    """Everything counted so far: by this process, or by all that share the folder."""
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if not folder:
        return generate_latest(REGISTRY)
    forget_the_dead(Path(folder))
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry, path=folder)  # type: ignore[no-untyped-call]
    return generate_latest(registry)


def forget_the_dead(folder: Path) -> None:
    """Drop the gauges of processes that live no more: a dead dispatcher has no lag."""
    for file in folder.glob("gauge_live*.db"):
        found = _LIVE_GAUGE.fullmatch(file.name)
        if found and not _lives(int(found[1])):
            file.unlink(missing_ok=True)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
