"""`NotSent` is a promise that no byte of the request left; it is given only where that is certain."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from portal.lib import outbound, outbound_pool
from tests.portal.certificates import Authority
from tests.portal.outbound_fixtures import loopback_allowed
from tests.portal.servers import OK, RawServer, answering, answering_always, read_request

__all__ = ["loopback_allowed"]
pytestmark = pytest.mark.usefixtures("loopback_allowed")


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Authority]:
    """A certificate authority that the outbound client trusts during the test."""
    made = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.path))
    outbound_pool._tls.cache_clear()
    yield made
    outbound_pool._tls.cache_clear()


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every name leads to loopback."""
    real = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *rest: real("127.0.0.1", *rest[:4]))


def test_a_refused_connection_is_not_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(outbound.NotSent, match="refused"):
        outbound.get(f"http://127.0.0.1:{port}/")


def test_an_unknown_name_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(outbound.NotSent, match="not known"):
        outbound.get("http://supplier.example/")


def test_a_name_server_that_says_nothing_is_not_sent_within_the_connect_time(monkeypatch: pytest.MonkeyPatch) -> None:
    answered = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: answered.wait(10))
    monkeypatch.setattr(outbound_pool, "CONNECT_SECONDS", 0.2)
    began = time.monotonic()
    with pytest.raises(outbound.NotSent, match="no answer about the name"):
        outbound.get("http://supplier.example/")
    answered.set()
    assert time.monotonic() - began < 2


@pytest.mark.usefixtures("names")
def test_an_authority_named_by_the_settings_is_trusted_too(tmp_path: Path, settings: Settings) -> None:
    issuer = Authority(tmp_path)
    with RawServer(answering_always(), tls=issuer.server("supplier.example", days=1)) as server:
        url = f"https://supplier.example:{server.port}/"
        with pytest.raises(outbound.NotSent, match="certificate"):
            outbound.get(url)
        settings.PROBE_CA = str(issuer.path)
        assert outbound.get(url).status == 200


def test_the_public_authorities_are_trusted_beside_the_one_of_the_settings(tmp_path: Path) -> None:
    alone = {found["serialNumber"] for found in outbound_pool._tls("").get_ca_certs()}
    assert alone < {found["serialNumber"] for found in outbound_pool._tls(str(Authority(tmp_path).path)).get_ca_certs()}


@pytest.mark.parametrize("flaw", ["expired", "other name", "unknown issuer"])
@pytest.mark.usefixtures("names")
def test_a_bad_certificate_is_not_sent(flaw: str, authority: Authority, tmp_path: Path) -> None:
    requests: list[bytes] = []
    (tmp_path / "stranger").mkdir()
    issuer = Authority(tmp_path / "stranger") if flaw == "unknown issuer" else authority
    name = "other.example" if flaw == "other name" else "supplier.example"
    context = issuer.server(name, days=-1 if flaw == "expired" else 1)
    with (
        RawServer(lambda connection: requests.append(read_request(connection)), tls=context) as server,
        pytest.raises(outbound.NotSent, match="certificate"),
    ):
        outbound.post_json(f"https://supplier.example:{server.port}/", {"secret": 1})
    assert not any(requests)


@pytest.mark.usefixtures("names")
def test_a_server_that_speaks_no_tls_is_not_sent() -> None:
    with RawServer(lambda connection: connection.sendall(b"220 smtp\r\n")) as server, pytest.raises(outbound.NotSent):
        outbound.get(f"https://supplier.example:{server.port}/")


@pytest.mark.usefixtures("names")
def test_tls_proves_the_name_although_an_address_is_connected_to(authority: Authority) -> None:
    asked: list[str | None] = []
    context = authority.server("shop.example", days=1)

    def note(_socket: ssl.SSLObject, name: str | None, _context: ssl.SSLContext) -> None:
        asked.append(name)

    context.sni_callback = note
    with RawServer(answering_always(), tls=context) as server:
        for _ in range(2):
            assert outbound.get(f"https://shop.example:{server.port}/").status == 200
        assert server.connections == 1
    assert asked == ["shop.example"]


def test_after_its_last_moment_a_request_is_too_late_even_on_a_kept_connection() -> None:
    seen: list[bytes] = []

    def handle(connection: socket.socket) -> None:
        while request := read_request(connection):
            seen.append(request)
            connection.sendall(OK)

    with RawServer(handle) as server:
        outbound.get(server.url)
        with pytest.raises(outbound.TooLate):
            outbound.post_json(server.url, {}, not_after=time.monotonic() - 0.001)
        outbound.get(server.url)
    assert [request[:4] for request in seen] == [b"GET ", b"GET "]


def test_a_process_frozen_before_the_first_byte_is_too_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """It slept after everything but the send; the last look at the clock is what counts."""
    real = outbound_pool.take

    def frozen(url: str, **limits: Any) -> outbound_pool.Connection:
        connection = real(url, **limits)
        while time.monotonic() < limits["not_after"]:
            threading.Event().wait(0.01)
        return connection

    monkeypatch.setattr(outbound_pool, "take", frozen)
    requests: list[bytes] = []
    with (
        RawServer(lambda connection: requests.append(read_request(connection))) as server,
        pytest.raises(outbound.TooLate),
    ):
        outbound.post_json(server.url, {}, not_after=time.monotonic() + 0.1)
    assert not any(requests)


def test_text_that_utf_8_cannot_carry_is_not_sent() -> None:
    with RawServer(answering(OK)) as server, pytest.raises(outbound.NotSent, match="not JSON"):
        outbound.post_json(server.url, {"customer_no": "\ud800"})


@pytest.mark.parametrize("value", ["a\r\nX-Injected: 1", "a\x00b"])
def test_a_header_that_would_inject_another_is_not_sent(value: str) -> None:
    with RawServer(answering(OK)) as server, pytest.raises(outbound.NotSent):
        outbound.get(server.url, headers={"X-One": value})
