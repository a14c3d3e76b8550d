"""What is left of a shop without internet: the service worker, and the page that it shows then.

The worker is written from a template, since it names files by their present addresses. Its bytes change when one of
them does, or the offline page (another language, too), and that is how a browser knows to fetch everything anew.
"""

import hashlib
import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import conditional_page, require_safe

_PAGE = "portal/offline.html"
_FOR_EVERYBODY: dict[str, object] = {"messages": ()}
"""What somebody is told once must not be used up by a page that nobody looks at."""
_LOADED = re.compile(r'(?:href|src)="([^"]*\.(?:css|js|svg))"')


@require_safe
@cache_control(no_cache=True)
@conditional_page
def worker(request: HttpRequest) -> HttpResponse:
    """`/sw.js`: at the root, because a worker governs what lies below it, and orders do not lie below shops."""
    page = render_to_string(_PAGE, _FOR_EVERYBODY, request=request)
    files = sorted({reverse("offline"), static("order.js"), *_LOADED.findall(page)})
    version = hashlib.sha256("\n".join([page, *files]).encode()).hexdigest()[:12]
    context = {"files": files, "version": version, "page": reverse("offline")}
    return render(request, "portal/worker.js", context, content_type="text/javascript; charset=utf-8")


@require_safe
@never_cache
def page(request: HttpRequest) -> HttpResponse:
    """`/luring/`: kept by the worker, which uncovers the one of its three messages that is true."""
    return render(request, _PAGE, _FOR_EVERYBODY)
