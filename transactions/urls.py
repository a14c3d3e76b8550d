"""Addresses of the storefront: a dealer's shop, and an order behind its secret link."""

from django.urls import include, path, re_path

from transactions.views import (
    developers,
    lookup,
    order_actions,
    order_page,
    order_paying,
    order_refund,
    partnering,
    rating,
    service,
    shop,
    slips,
)

_ORDER = [
    path("", order_page.page, name="order"),
    path("live/", order_page.live, name="order_live"),
    path("status.json", order_page.status, name="order_status"),
    path("simulate/", order_actions.simulate, name="order_simulate"),
    path("renew/", order_actions.renew, name="order_renew"),
    path("method/", order_paying.change, name="order_method"),
    path("qris.png", order_paying.qris_png, name="order_qris"),
    path("cancel/", order_actions.cancel, name="order_cancel"),
    path("refund/<int:number>/", order_refund.refund, name="order_refund"),
    path("nilai/", rating.rate, name="order_rate"),
    path("struk/", slips.paper, name="order_slip"),
    path("struk.bin", slips.printer, name="order_slip_printer"),
    path("struk.png", slips.picture, name="order_slip_picture"),
]

urlpatterns = [
    path("k/<slug:dealer_slug>/", shop.shop, name="shop"),
    path("k/<slug:dealer_slug>/quote/", shop.quote, name="quote"),
    path("o/<str:code>/", include(_ORDER)),
    path("k/<slug:dealer_slug>/status/", service.status, name="service"),
    path("k/<slug:dealer_slug>/mitra/", partnering.apply, name="partnering"),
    path("k/<slug:dealer_slug>/mitra/pengembang/", developers.guide, name="developers"),
    path("cek/", lookup.lookup, name="lookup"),
    re_path(r"^v/(?P<code>[^/]+)/?$", lookup.verify, name="verify"),
]
