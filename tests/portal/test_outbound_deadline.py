"""A call ends when its time is over, however busily the other side trickles."""

import socket
import threading
import time
from collections.abc import Callable

import pytest

from portal.lib import outbound
from tests.portal.outbound_fixtures import loopback_allowed
from tests.portal.servers import RawServer, read_request

__all__ = ["loopback_allowed"]
pytestmark = pytest.mark.usefixtures("loopback_allowed")

Handler = Callable[[socket.socket], None]


def trickling(first: bytes, then: bytes) -> Handler:
    def handle(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(first)
        for byte in then:
            connection.sendall(bytes([byte]))
            if threading.Event().wait(0.05):
                return

    return handle


def silent(connection: socket.socket) -> None:
    read_request(connection)
    connection.recv(1)


@pytest.mark.parametrize(
    "handler",
    [
        silent,
        trickling(b"", b"HTTP/1.1 200 OK\r\nX-Long: " + b"y" * 400),
        trickling(b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n", b"y" * 400),
        trickling(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 30),
    ],
    ids=["silence", "slow head", "slow body", "endless interim answers"],
)
def test_the_deadline_covers_the_whole_call(handler: Handler) -> None:
    with RawServer(handler) as server:
        began = time.monotonic()
        with pytest.raises(outbound.Unanswered):
            outbound.get(server.url, total_seconds=0.4)
        assert 0.39 <= time.monotonic() - began < 1.5


def test_a_receiver_that_reads_nothing_does_not_hold_the_sender() -> None:
    def handle(connection: socket.socket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        threading.Event().wait(0.8)

    with RawServer(handle) as server, pytest.raises(outbound.Unanswered):
        outbound.post_json(server.url, "x" * 20_000_000, total_seconds=0.4)
