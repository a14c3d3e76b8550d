"""Addresses that suppliers and gateways report to."""

from django.urls import path

from transactions.views import callbacks

app_name = "hooks"
urlpatterns = [
    path("suppliers/<slug:slug>.<slug:code>/", callbacks.supplier, name="supplier"),
    path("payments/<slug:gateway>/", callbacks.payment, name="payment"),
]
