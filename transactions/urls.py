"""Addresses of the storefront: a dealer's shop, and an order behind its secret link."""

from django.urls import path, re_path

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

urlpatterns = [
    path("k/<slug:dealer_slug>/", shop.shop, name="shop"),
    path("k/<slug:dealer_slug>/quote/", shop.quote, name="quote"),
    path("k/<slug:dealer_slug>/status/", service.status, name="service"),
    path("cek/", lookup.lookup, name="lookup"),
    re_path(r"^v/(?P<code>[^/]+)/?$", lookup.verify, name="verify"),
    path("o/<str:code>/", order_page.page, name="order"),
    path("o/<str:code>/live/", order_page.live, name="order_live"),
    path("k/<slug:dealer_slug>/mitra/", partnering.apply, name="partnering"),
    path("k/<slug:dealer_slug>/mitra/pengembang/", developers.guide, name="developers"),
    path("o/<str:code>/status.json", order_page.status, name="order_status"),
    path("o/<str:code>/simulate/", order_actions.simulate, name="order_simulate"),
    path("o/<str:code>/renew/", order_actions.renew, name="order_renew"),
    path("o/<str:code>/method/", order_paying.change, name="order_method"),
    path("o/<str:code>/qris.png", order_paying.qris_png, name="order_qris"),
    path("o/<str:code>/cancel/", order_actions.cancel, name="order_cancel"),
    path("o/<str:code>/refund/<int:number>/", order_refund.refund, name="order_refund"),
    path("o/<str:code>/nilai/", rating.rate, name="order_rate"),
    path("o/<str:code>/struk/", slips.paper, name="order_slip"),
    path("o/<str:code>/struk.bin", slips.printer, name="order_slip_printer"),
    path("o/<str:code>/struk.png", slips.picture, name="order_slip_picture"),
]
