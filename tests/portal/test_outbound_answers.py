"""What comes back from an outbound call, and how much of it is believed."""

import gzip
import json
import socket
import zlib
from typing import Any

import pytest

from portal.lib import outbound
from tests.portal.outbound_fixtures import loopback_allowed
from tests.portal.servers import OK, RawServer, answering, read_request

__all__ = ["loopback_allowed"]
pytestmark = pytest.mark.usefixtures("loopback_allowed")


def http(body: bytes, *, status: str = "200 OK", head: bytes = b"") -> bytes:
    return b"HTTP/1.1 %s\r\nContent-Length: %d\r\n%s\r\n" % (status.encode(), len(body), head) + body


def test_a_post_sends_compact_json_and_returns_the_whole_answer() -> None:
    seen: list[bytes] = []

    def handle(connection: socket.socket) -> None:
        seen.append(read_request(connection))
        connection.sendall(OK)

    with RawServer(handle) as server:
        response = outbound.post_json(server.url, {"name": "Toko é", "n": 1}, headers={"X-One": "1"})
    head, _, body = seen[0].partition(b"\r\n\r\n")
    assert body == '{"name":"Toko é","n":1}'.encode()
    assert head.startswith(b"POST /v1/x HTTP/1.1\r\n")
    assert b"host: 127.0.0.1:%d" % server.port in head.lower()
    assert b"x-one: 1" in head.lower()
    assert (response.status, json.loads(response.body)) == (200, {"ok": True})
    assert response.headers["content-type"] == "application/json"


def test_a_get_returns_an_error_status_as_an_answer() -> None:
    with RawServer(answering(http(b"gone", status="410 Gone"))) as server:
        response = outbound.get(server.url + "?a=1")
    assert (response.status, response.body) == (410, b"gone")


def test_a_redirect_is_returned_and_not_followed() -> None:
    with RawServer(answering(http(b"", status="302 Found", head=b"Location: /elsewhere\r\n"))) as server:
        assert outbound.get(server.url).status == 302
        assert server.connections == 1


def test_proxies_of_the_environment_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with RawServer(answering(OK)) as server:
        assert outbound.get(server.url).status == 200


@pytest.mark.parametrize("packed", [gzip.compress(b"x" * 1000), zlib.compress(b"x" * 1000)], ids=["gzip", "deflate"])
def test_a_compressed_answer_is_unpacked(packed: bytes) -> None:
    coding = b"gzip" if packed[:2] == b"\x1f\x8b" else b"deflate"
    with RawServer(answering(http(packed, head=b"Content-Encoding: %s\r\n" % coding))) as server:
        assert outbound.get(server.url).body == b"x" * 1000


def test_an_answer_of_exactly_the_limit_passes_and_one_byte_more_does_not() -> None:
    with RawServer(answering(http(b"x" * outbound.ANSWER_LIMIT))) as server:
        assert len(outbound.get(server.url).body) == outbound.ANSWER_LIMIT
    with (
        RawServer(answering(http(b"x" * (outbound.ANSWER_LIMIT + 1)))) as server,
        pytest.raises(outbound.Unanswered, match="larger") as broken,
    ):
        outbound.get(server.url)
    assert broken.value.status == 200
    assert broken.value.body == b"x" * 8192


def test_an_endless_chunked_answer_is_cut_at_the_limit() -> None:
    def handle(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            connection.sendall(b"8000\r\n" + b"y" * 0x8000 + b"\r\n")

    with RawServer(handle) as server, pytest.raises(outbound.Unanswered, match="larger"):
        outbound.get(server.url, total_seconds=10)


def test_a_gzip_bomb_is_never_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = gzip.compress(b"0" * 300 * 1024 * 1024, compresslevel=1)
    unpacked: list[int] = []
    real = zlib.decompressobj

    class Counting:
        def __init__(self, *arguments: Any) -> None:
            self._real = real(*arguments)

        def decompress(self, data: bytes, most: int) -> bytes:
            piece = self._real.decompress(data, most)
            unpacked.append(len(piece))
            return piece

    monkeypatch.setattr(zlib, "decompressobj", Counting)
    with (
        RawServer(answering(http(bomb, head=b"Content-Encoding: gzip\r\n"))) as server,
        pytest.raises(outbound.Unanswered, match="larger"),
    ):
        outbound.get(server.url)
    assert sum(unpacked) <= outbound.ANSWER_LIMIT + 1


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000 + b"\r\n\r\n",
        http(gzip.compress(b"x" * 1000)[:20], head=b"Content-Encoding: gzip\r\n"),
        http(b"not gzip at all", head=b"Content-Encoding: gzip\r\n"),
        http(b"?", head=b"Content-Encoding: br\r\n"),
    ],
    ids=["nothing", "half a body", "not http", "huge head", "half a gzip", "no gzip", "unknown coding"],
)
def test_a_broken_answer_is_unanswered(answer: bytes) -> None:
    with RawServer(answering(answer)) as server, pytest.raises(outbound.Unanswered):
        outbound.get(server.url)


def test_what_came_of_a_broken_answer_is_kept() -> None:
    with (
        RawServer(answering(b"HTTP/1.1 500 Oops\r\nContent-Length: 50\r\n\r\nhalf of it")) as server,
        pytest.raises(outbound.Unanswered) as broken,
    ):
        outbound.get(server.url)
    assert (broken.value.status, broken.value.body) == (500, b"half of it")
