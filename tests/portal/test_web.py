"""Every answer carries an id, every caller an address that nobody can invent, every error a sentence."""

import json
import logging
from typing import Any

import pytest
import structlog
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import include, path
from prometheus_client import REGISTRY
from pytest_django import Settings

from portal.lib import limits, web

SEEN: dict[str, Any] = {}


def _hello(_request: HttpRequest, *, number: int) -> HttpResponse:
    SEEN.update(structlog.contextvars.get_contextvars())
    return HttpResponse("hello")


def _limited(_request: HttpRequest) -> HttpResponse:
    raise limits.TooMany("test", retry_after_seconds=7)


def _broken(_request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a defect")


urlpatterns = [
    path("hello/<int:number>/", _hello, name="hello"),
    path("limited/", _limited),
    path("broken/", _broken),
    path("", include("portal.urls")),  # the pages around our errors link to the portal
]
handler500 = "portal.lib.web.server_error"


@pytest.fixture
def client(settings: Settings) -> Client:
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = ["portal.lib.web.RequestIdMiddleware", "portal.lib.web.TroubleMiddleware"]
    return Client(raise_request_exception=False)


def _request(**meta: str) -> HttpRequest:
    request = RequestFactory().get("/")
    request.META.update(meta)
    request.user = AnonymousUser()
    return request


def test_a_request_without_an_id_gets_one_that_its_logs_carry(client: Client) -> None:
    first, second = client.get("/hello/1/"), client.get("/hello/1/")
    assert len(first["X-Request-Id"]) == 32
    assert first["X-Request-Id"] != second["X-Request-Id"] == SEEN["request_id"]


def test_a_sane_id_is_kept_and_forgotten_afterwards(client: Client) -> None:
    answer = client.get("/hello/1/", headers={"x-request-id": "partner-42.A_b"})
    assert answer["X-Request-Id"] == "partner-42.A_b" == SEEN["request_id"]
    assert structlog.contextvars.get_contextvars() == {}


@pytest.mark.parametrize(
    "given", ["short", "x" * 65, "with space here", "a\u00e9aaaaaaaa", "<script>alert</script>", "081234567890"]
)
def test_an_id_that_could_forge_or_give_away_is_replaced(client: Client, given: str) -> None:
    assert client.get("/hello/1/", headers={"x-request-id": given})["X-Request-Id"] != given


def test_requests_are_counted_by_route_and_never_by_path(client: Client) -> None:
    labels = {"method": "GET", "route": "hello", "status": "200"}
    before, known = REGISTRY.get_sample_value("konter_http_requests_total", labels) or 0, _routes()
    client.get("/hello/81234/")
    client.get("/hello/81235/")
    client.get("/hello/none-such/081234567890")
    assert REGISTRY.get_sample_value("konter_http_requests_total", labels) == before + 2
    assert not [name for name in _routes() - known if any(char.isdigit() for char in name)]


def _routes() -> set[str]:
    """Everything that was counted as a route in this process, by whichever test."""
    return {sample.labels.get("route", "") for metric in REGISTRY.collect() for sample in metric.samples}


def test_the_address_is_the_connections_own_when_no_proxy_is_trusted() -> None:
    assert web.client_ip(_request(REMOTE_ADDR="203.0.113.9", HTTP_X_FORWARDED_FOR="10.0.0.1")) == "203.0.113.9"


@pytest.mark.parametrize(
    ("remote", "forwarded", "expected"),
    [
        ("127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "198.51.100.1, 203.0.113.9, 10.1.2.3", "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "198.51.100.1, nonsense", "127.0.0.1"),
        ("127.0.0.1", "10.0.0.7, 10.0.0.8", "10.0.0.7"),
        ("127.0.0.1", "[2001:db8::7]", "2001:db8::7"),
        ("::ffff:127.0.0.1", "::ffff:203.0.113.9", "203.0.113.9"),
        ("", "203.0.113.9", "unknown"),
    ],
)
def test_a_trusted_proxy_vouches_for_one_entry_only(
    settings: Settings, remote: str, forwarded: str, expected: str
) -> None:
    settings.TRUSTED_PROXIES = ["127.0.0.1", "10.0.0.0/8"]
    assert web.client_ip(_request(REMOTE_ADDR=remote, HTTP_X_FORWARDED_FOR=forwarded)) == expected


def test_a_whole_ipv6_network_shares_one_limit() -> None:
    assert web.limit_key("2001:db8:1:2:3::4") == web.limit_key("2001:db8:1:2:ffff::1") == "2001:db8:1:2::/64"
    assert web.limit_key("203.0.113.9") == "203.0.113.9"


@pytest.mark.parametrize(
    ("accept", "sent", "expected"),
    [
        ("text/html,application/xhtml+xml,*/*;q=0.8", "", False),
        ("*/*", "", False),
        ("application/json", "", True),
        ("application/problem+json", "", True),
        ("application/json, text/html;q=0.5", "", True),
        ("*/*", "application/json", True),
        ("text/html", "application/json", False),
        ("image/png", "", False),
    ],
)
def test_programs_are_told_from_people(accept: str, sent: str, expected: bool) -> None:
    request = RequestFactory().post("/", data=b"{}", content_type=sent or "text/plain", headers={"accept": accept})
    assert web.wants_json(request) is expected


def test_problem_details_follow_rfc_9457() -> None:
    answer = web.problem(409, "ref_id_reused", "Ref sudah dipakai.", headers={"Retry-After": "3"}, ref_id="A-1")
    assert answer["Content-Type"] == "application/problem+json"
    assert (answer.status_code, answer["Retry-After"]) == (409, "3")
    assert json.loads(answer.content) == {
        "type": "urn:konter:problem:ref_id_reused",
        "title": "Conflict",
        "status": 409,
        "code": "ref_id_reused",
        "detail": "Ref sudah dipakai.",
        "ref_id": "A-1",
    }


def test_a_reached_limit_is_429_with_the_seconds_to_wait(client: Client) -> None:
    page = client.get("/limited/")
    assert (page.status_code, page["Retry-After"], page["Cache-Control"]) == (429, "7", "no-store")
    assert "Tunggu 7 detik" in page.content.decode()
    answer = client.get("/limited/", headers={"accept": "application/json"})
    assert (answer.status_code, answer["Retry-After"], answer.json()["code"]) == (429, "7", "too_many_requests")


def test_a_defect_is_a_500_that_tells_no_detail(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        page = client.get("/broken/")
        answer = client.get("/broken/", headers={"accept": "application/json"})
    assert (page.status_code, answer.status_code) == (500, 500)
    assert page["X-Request-Id"] in page.content.decode()
    assert "defect" not in page.content.decode() + answer.content.decode()
    assert answer.json()["code"] == "internal_error"
    assert any(record.exc_info for record in caplog.records), "a defect left no traceback"


def test_a_refused_form_says_what_to_do(settings: Settings) -> None:
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = ["portal.lib.web.RequestIdMiddleware", "django.middleware.csrf.CsrfViewMiddleware"]
    client = Client(enforce_csrf_checks=True)
    page = client.post("/hello/1/")
    assert page.status_code == 403
    assert "Tekan tombol kembali" in page.content.decode()
    answer = client.post("/hello/1/", headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf")


def test_every_page_knows_where_it_stands(settings: Settings) -> None:
    settings.DEMO, settings.KONTER_BASE_URL = True, "https://konter.test"
    request = _request()
    assert web.site(request) == {
        "DEMO": True,
        "KONTER_BASE_URL": "https://konter.test",
        "dealer": None,
        "language": "id",
        "request_id": "",
    }
    request.dealer = "berkah"  # type: ignore[attr-defined]
    assert web.site(request)["dealer"] == "berkah"
