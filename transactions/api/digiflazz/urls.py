"""Addresses of the Digiflazz-compatible server; clients write them without a slash at the end, some with one."""

from django.urls import re_path

from transactions.api.digiflazz import deposits, pings, protocol, views

app_name = "digiflazz"
urlpatterns = [
    re_path(r"^cek-saldo/?$", views.balance, name="balance"),
    re_path(r"^price-list/?$", views.price_list, name="price_list"),
    re_path(r"^deposit/?$", deposits.deposit, name="deposit"),
    re_path(r"^transaction/?$", views.transaction, name="transaction"),
    re_path(r"^inquiry-pln/?$", views.inquire_pln, name="inquire_pln"),
    re_path(r"^report/hooks/(?P<code>[0-9A-Za-z_-]{1,64})/pings/?$", pings.ping, name="ping"),
]
urlpatterns += [re_path(r"^(?P<rest>[\s\S]*)$", protocol.nothing, name="nothing")]  # stands behind all others
