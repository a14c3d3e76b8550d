"""Where outbound calls may go: public addresses and those that the settings name, decided once per connection."""

import socket
from typing import Any

import pytest

from portal.lib import outbound
from tests.portal.outbound_fixtures import loopback_allowed, nothing_allowed
from tests.portal.servers import OK, RawServer, answering, answering_always

__all__ = ["loopback_allowed", "nothing_allowed"]


def resolve_to(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """The name leads to these addresses, one list per look-up; the names asked for are returned."""
    asked: list[str] = []

    def look_up(host: str, port: int, *_: Any) -> list[Any]:
        asked.append(host)
        addresses = answers[min(len(asked), len(answers)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


@pytest.mark.usefixtures("nothing_allowed")
@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.1", "0x7f.1", "0177.0.0.1", "2130706433", "0", "0.0.0.0", "localhost", "[::1]", "[::]",
        "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "169.254.169.254",
        "[fe80::1]", "[fd00::1]", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "192.0.0.1", "198.18.0.1",
        "224.0.0.1", "255.255.255.255", "240.0.0.1", "user@127.0.0.1", "8.8.8.8@127.0.0.1",
    ],
)  # fmt: skip
def test_no_disguise_of_a_private_address_is_reached(host: str) -> None:
    with RawServer(answering(OK)) as server:
        with pytest.raises(outbound.NotSent) as refused:
            outbound.post_json(f"http://{host}:{server.port}/", {}, total_seconds=3)
        assert server.connections == 0
    assert isinstance(refused.value, outbound.ForbiddenAddress), refused.value


def test_full_width_digits_are_not_sent() -> None:
    with RawServer(answering(OK)) as server, pytest.raises(outbound.NotSent):
        outbound.get(f"http://\uff11\uff12\uff17.0.0.1:{server.port}/")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://8.8.8.8/", "gopher://8.8.8.8/", "//8.8.8.8/", "http://"])
def test_only_http_and_https_go_out(url: str) -> None:
    with pytest.raises(outbound.ForbiddenAddress):
        outbound.get(url)


@pytest.mark.usefixtures("nothing_allowed")
def test_a_name_with_one_private_address_among_public_ones_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve_to(monkeypatch, ["8.8.8.8", "127.0.0.1"])
    with pytest.raises(outbound.ForbiddenAddress):
        outbound.get("http://supplier.example/")


@pytest.mark.usefixtures("loopback_allowed")
def test_a_name_is_asked_for_once_and_that_very_address_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = resolve_to(monkeypatch, ["127.0.0.1"], ["10.0.0.1"])
    with RawServer(answering_always()) as server:
        assert outbound.get(f"http://supplier.example:{server.port}/").status == 200
    assert asked == ["supplier.example"]


@pytest.mark.usefixtures("loopback_allowed")
def test_an_allowed_network_opens_only_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve_to(monkeypatch, ["10.0.0.1"])
    with pytest.raises(outbound.ForbiddenAddress):
        outbound.get("http://supplier.example/")


def test_a_kept_connection_is_not_used_once_its_network_is_closed(
    loopback_allowed: None, request: pytest.FixtureRequest
) -> None:
    with RawServer(answering_always()) as server:
        outbound.get(server.url)
        request.getfixturevalue("nothing_allowed")
        with pytest.raises(outbound.ForbiddenAddress):
            outbound.get(server.url)
