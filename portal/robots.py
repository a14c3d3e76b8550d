"""What search engines may read: the shops and the public pages, nobody's order or account."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

_CLOSED = ("/admin/", "/akun/", "/api/", "/cek/", "/demo/", "/desk/", "/h2h/", "/hooks/", "/o/", "/v/")


@require_safe
@cache_control(public=True, max_age=86_400)
def robots(_request: HttpRequest) -> HttpResponse:
    """`/robots.txt`."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in _CLOSED), ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
