"""Addresses of the native API."""

from django.urls import path, re_path
from drf_spectacular.views import SpectacularAPIView

from transactions.api.native import calls, catalogue, deposits, money, orders, problems, reference, sites, webhooks

app_name = "api"
urlpatterns = [
    path("orders/", orders.Orders.as_view(), name="orders"),
    path("orders/batch/", orders.OrderBatch.as_view(), name="order_batch"),
    re_path(r"^orders/(?P<ref_id>[A-Za-z0-9._~:@=+-]{1,64})/$", orders.OrderByRef.as_view(), name="order"),
    path("balance/", money.BalanceView.as_view(), name="balance"),
    path("statements/", money.StatementView.as_view(), name="statements"),
    path("deposits/", deposits.Deposits.as_view(), name="deposits"),
    re_path(r"^deposits/(?P<code>[0-9A-Z]{11})/$", deposits.Deposit.as_view(), name="deposit"),
    re_path(r"^deposits/(?P<code>[0-9A-Z]{11})/claim/$", deposits.DepositClaim.as_view(), name="deposit_claim"),
    path("products/", catalogue.Products.as_view(), name="products"),
    path("products/changes/", catalogue.ProductChanges.as_view(), name="product_changes"),
    path("brands/detect/", catalogue.BrandDetect.as_view(), name="brand"),
    re_path(r"^sites/(?P<slug>[a-z0-9-]{1,40})/maturity/?$", sites.MaturityView.as_view(), name="site_maturity"),
    path("webhooks/", webhooks.Endpoints.as_view(), name="webhooks"),
    path("webhooks/deliveries/", webhooks.Deliveries.as_view(), name="deliveries"),
    path("webhooks/deliveries/<int:pk>/replay/", webhooks.DeliveryReplay.as_view(), name="delivery_replay"),
    path("webhooks/<slug:code>/", webhooks.Endpoint.as_view(), name="webhook"),
    path("webhooks/<slug:code>/test/", webhooks.EndpointTest.as_view(), name="webhook_test"),
    path("webhooks/<slug:code>/resume/", webhooks.EndpointResume.as_view(), name="webhook_resume"),
    path("webhooks/<slug:code>/replay/", webhooks.EndpointReplay.as_view(), name="webhook_replay"),
    path("calls/", calls.Calls.as_view(), name="calls"),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", reference.page, name="docs"),
    re_path(r"^(?P<rest>[\s\S]*)$", problems.not_found, name="nothing"),
]
