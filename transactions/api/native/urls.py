"""Addresses of the native API."""

from django.urls import path, re_path
from drf_spectacular.views import SpectacularAPIView

from transactions.api.native import catalogue, money, orders, problems, webhooks

app_name = "api"
urlpatterns = [
    path("orders/", orders.Orders.as_view(), name="orders"),
    path("orders/batch/", orders.OrderBatch.as_view(), name="order_batch"),
    re_path(r"^orders/(?P<ref_id>[A-Za-z0-9._~:@=+-]{1,64})/$", orders.OrderByRef.as_view(), name="order"),
    path("balance/", money.BalanceView.as_view(), name="balance"),
    path("statements/", money.StatementView.as_view(), name="statements"),
    path("products/", catalogue.Products.as_view(), name="products"),
    path("products/changes/", catalogue.ProductChanges.as_view(), name="product_changes"),
    path("brands/detect/", catalogue.BrandDetect.as_view(), name="brand"),
    path("webhooks/", webhooks.Endpoints.as_view(), name="webhooks"),
    path("webhooks/deliveries/", webhooks.Deliveries.as_view(), name="deliveries"),
    path("webhooks/deliveries/<int:pk>/replay/", webhooks.DeliveryReplay.as_view(), name="delivery_replay"),
    path("webhooks/<slug:code>/", webhooks.Endpoint.as_view(), name="webhook"),
    path("webhooks/<slug:code>/test/", webhooks.EndpointTest.as_view(), name="webhook_test"),
    path("webhooks/<slug:code>/resume/", webhooks.EndpointResume.as_view(), name="webhook_resume"),
    path("webhooks/<slug:code>/replay/", webhooks.EndpointReplay.as_view(), name="webhook_replay"),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    re_path(r"^(?P<rest>[\s\S]*)$", problems.not_found, name="nothing"),
]
