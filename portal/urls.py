"""Every address of the portal. The dealer in a shop's address is resolved by `dealers/middleware.py`."""

from django.contrib import admin
from django.urls import include, path

from portal import health, mailbox, metrics, offline, robots

# They are tried in turn, so what every purchase needs comes first.
urlpatterns = [
    path("hooks/", include("transactions.urls_hooks")),
    path("", include("transactions.urls")),
    path("", include("dealers.urls")),
    path("desk/", include("transactions.urls_desk")),
    path("h2h/digiflazz/v1/", include("transactions.api.digiflazz.urls")),
    path("api/v1/", include("transactions.api.native.urls")),
    path("healthz/live", health.live, name="live"),
    path("healthz/ready", health.ready, name="ready"),
    path("metrics", metrics.metrics, name="metrics"),
    path("sw.js", offline.worker, name="worker"),
    path("luring/", offline.page, name="offline"),
    path("robots.txt", robots.robots, name="robots"),
    path("demo/surat/", mailbox.index, name="mailbox"),
    path("demo/surat/<str:name>/", mailbox.message, name="mail"),
    path("admin/", admin.site.urls),
]

handler500 = "portal.lib.web.server_error"
