"""What every page tells the browser: run nothing inline, keep cookies to yourself, do not store accounts."""

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

from tests import factories

ROOT = Path(__file__).resolve().parents[2]
_PRODUCTION = {
    "PATH": os.environ["PATH"],
    "KONTER_DEMO": "0",
    "KONTER_BASE_URL": "https://konter.example",
    "ALLOWED_HOSTS": "konter.example",
    "SECRET_KEY": "p" * 25 + "9x7K!q2Zt4mV8rB1nW6cY3dF5gH0jL" + "Ab#1" * 4,
    "DATABASE_URL": "postgresql:///konter",
    "DATABASE_OWNER_URL": "postgresql:///konter",
    "DATABASE_AUDIT_URL": "postgresql:///konter",
    "REDIS_URL": "redis://localhost",
    "METRICS_TOKEN": "m" * 32,
}


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/akun/masuk/", "/akun/daftar/", "/akun/lupa/"])
def test_a_page_runs_nothing_inline_and_stands_in_no_frame(client: Client, address: str) -> None:
    answer = client.get(address)
    policy = {
        name: values
        for name, *values in (part.split() for part in answer["Content-Security-Policy"].split(";") if part.strip())
    }
    assert policy["default-src"] == policy["base-uri"] == policy["object-src"] == ["'none'"]
    assert policy["frame-ancestors"] == ["'none'"]
    assert policy["script-src"] == ["'self'"]
    page = answer.content.decode()
    # A block of style is our own file, and allowed by its hash: tests/portal/test_style.py.
    assert len(policy["style-src"]) == 1 + page.count("<style")
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert " style=" not in page
    assert "<script>" not in page
    assert " on" + "click=" not in page


@pytest.mark.django_db
def test_the_session_cookie_is_for_the_server_only_and_for_this_site(client: Client) -> None:
    factories.user("budi@contoh.test")
    answer = client.post("/akun/masuk/", {"username": "budi@contoh.test", "password": "konter-test-123"})
    cookie = answer.cookies["session"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Lax", "/", "")


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/akun/masuk/", "/akun/daftar/", "/akun/lupa/", "/akun/"])
def test_an_account_page_is_not_stored(client: Client, address: str) -> None:
    client.force_login(factories.user())
    assert "no-store" in client.get(address)["Cache-Control"]


def _production(*command: str, **given: str) -> "subprocess.CompletedProcess[str]":
    environment = {
        **_PRODUCTION,
        **given,
        "KONTER_ENCRYPTION_KEYS": f"00000001:{_key()}",
        "KONTER_HOME": "/nonexistent",
    }
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def _key() -> str:
    return base64.b64encode(bytes(range(32))).decode()


def test_production_passes_djangos_own_deployment_checks() -> None:
    done = _production("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stdout + done.stderr


def test_production_cookies_are_bound_to_this_host_and_to_https() -> None:
    show = (
        "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'portal.settings'\n"
        "from django.conf import settings as s\n"
        "print(s.SESSION_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY, s.SESSION_COOKIE_SAMESITE,\n"
        "      s.CSRF_COOKIE_NAME, s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS >= 31_536_000, s.SECURE_SSL_REDIRECT)"
    )
    done = _production("-c", show)
    expected = ["__Host-session", "True", "True", "Lax", "__Host-csrf", "True", "True", "True"]
    assert done.stdout.split() == expected, done.stderr


def test_https_on_localhost_is_asked_for_on_its_own_port_and_never_promised_for_the_whole_machine() -> None:
    show = (
        "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'portal.settings'\n"
        "from django.conf import settings as s\n"
        "print(s.SESSION_COOKIE_NAME, s.SECURE_SSL_HOST, s.SECURE_HSTS_SECONDS, s.SECURE_HSTS_INCLUDE_SUBDOMAINS)"
    )
    done = _production("-c", show, KONTER_BASE_URL="https://localhost:8443")
    assert done.stdout.split() == ["__Host-session", "localhost:8443", "0", "False"], done.stderr


def test_an_authority_file_that_is_not_there_is_refused() -> None:
    done = _production("manage.py", "check", KONTER_PROBE_CA="/nonexistent/ca.pem")
    assert (done.returncode, "konter.E003" in done.stderr) == (1, True)
