"""Connections are kept and used again, and a stale one never leads to a false claim."""

import socket
import threading

import pytest

from portal.lib import outbound, outbound_pool
from tests.portal.outbound_fixtures import loopback_allowed
from tests.portal.servers import OK, RawServer, answering_always, read_request

__all__ = ["loopback_allowed"]
pytestmark = pytest.mark.usefixtures("loopback_allowed")


def test_calls_one_after_another_share_a_connection() -> None:
    with RawServer(answering_always()) as server:
        for _ in range(5):
            outbound.get(server.url)
        assert server.connections == 1


def test_calls_at_the_same_time_do_not_share_a_connection() -> None:
    both = threading.Barrier(2, timeout=5)

    def handle(connection: socket.socket) -> None:
        read_request(connection)
        both.wait()
        connection.sendall(OK)

    with RawServer(handle) as server:
        statuses: list[int] = []
        calls = [threading.Thread(target=lambda: statuses.append(outbound.get(server.url).status)) for _ in range(2)]
        for call in calls:
            call.start()
        for call in calls:
            call.join(5)
        assert (statuses, server.connections) == ([200, 200], 2)


def test_a_connection_closed_while_it_rested_is_replaced() -> None:
    closed = threading.Event()

    def handle(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(OK)
        connection.shutdown(socket.SHUT_RDWR)
        closed.set()

    with RawServer(handle) as server:
        outbound.get(server.url)
        assert closed.wait(5)
        assert outbound.get(server.url).status == 200
        assert server.connections == 2


@pytest.mark.parametrize("by_reset", [False, True])
def test_a_kept_connection_that_dies_under_the_next_request_is_unanswered_not_unsent(by_reset: bool) -> None:
    """The request may have been read before the end: claiming that nothing left would sell twice."""
    seen: list[bytes] = []

    def handle(connection: socket.socket) -> None:
        seen.append(read_request(connection))
        connection.sendall(OK)
        seen.append(read_request(connection))
        if by_reset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")

    with RawServer(handle) as server:
        outbound.get(server.url)
        with pytest.raises(outbound.Unanswered):
            outbound.post_json(server.url, {"buy": 1})
        assert seen[1].endswith(b'{"buy":1}')


def test_a_connection_that_rested_too_long_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound_pool, "_REST_SECONDS", 0.0)
    with RawServer(answering_always()) as server:
        for _ in range(2):
            outbound.get(server.url)
        assert server.connections == 2


@pytest.mark.parametrize("in_one_piece", [True, False])
def test_an_answer_nobody_asked_for_spoils_the_connection(in_one_piece: bool) -> None:
    """Otherwise the next request would be given the answer of another one."""
    sent, received = threading.Event(), threading.Event()
    unasked = OK.replace(b"true", b'"no"')

    def handle(connection: socket.socket) -> None:
        read_request(connection)
        if in_one_piece:
            connection.sendall(OK + unasked)
        else:
            connection.sendall(OK)
            received.wait(5)
            connection.sendall(unasked)
        sent.set()
        connection.recv(1)

    with RawServer(handle) as server:
        outbound.get(server.url)
        received.set()
        assert sent.wait(5)
        assert outbound.get(server.url).body == b'{"ok":true}'
        assert server.connections == 2


def test_a_broken_answer_spoils_the_connection() -> None:
    """The rest of it would be taken for the next answer."""
    answers = [b"HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" + b"x" * 300_000, OK]

    def handle(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(answers.pop(0))
        connection.recv(1)

    with RawServer(handle) as server:
        with pytest.raises(outbound.Unanswered):
            outbound.get(server.url)
        assert outbound.get(server.url).body == b'{"ok":true}'
        assert server.connections == 2


def test_a_forked_child_does_not_use_the_connections_of_its_parent() -> None:
    with RawServer(answering_always()) as server:
        outbound.get(server.url)
        assert any(outbound_pool._pool._resting.values())
        outbound_pool._pool.forget()  # what the child's side of a fork runs
        outbound.get(server.url)
        assert server.connections == 2
