"""The tests' own proxy does to a connection exactly what it was asked, and nothing else."""

import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.portal.servers import RawServer
from tests.proxy import Proxy

WORDS = b"one two three COMMIT four"


class Echo(RawServer):
    """Says everything back and remembers it; `ended` is set when a client has left."""

    def __init__(self) -> None:
        super().__init__(self._echo)
        self.heard = b""
        self.ended = threading.Event()

    def _echo(self, connection: socket.socket) -> None:
        try:
            while piece := connection.recv(65536):
                self.heard += piece
                connection.sendall(piece)
        finally:
            self.ended.set()


@pytest.fixture
def server() -> Iterator[Echo]:
    with Echo() as running:
        yield running


@pytest.fixture
def line(server: Echo) -> Iterator[Proxy]:
    with Proxy(("127.0.0.1", server.port)) as running:
        yield running


def connect(line: Proxy) -> socket.socket:
    return socket.create_connection((line.host, line.port), timeout=5)


def read(client: socket.socket, count: int = 10_000_000) -> bytes:
    """What comes until so much is there, or the end."""
    came = b""
    while len(came) < count and (piece := client.recv(65536)):
        came += piece
    return came


def says(line: Proxy, words: bytes = WORDS) -> bytes:
    """Everything that is answered to these words, on a connection of their own."""
    with connect(line) as client:
        client.sendall(words)
        client.shutdown(socket.SHUT_WR)
        return read(client)


def test_what_is_sent_and_answered_passes_unchanged(line: Proxy, server: Echo) -> None:
    much = bytes(range(256)) * 8_000
    assert says(line, much) == much
    assert server.heard == much
    assert line.connections == server.connections == 1


def test_a_unix_socket_can_be_behind_it() -> None:
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"{folder}/s")
        listener.listen()
        with Proxy(Path(folder) / "s") as line, connect(line) as client:
            client.sendall(b"ping")
            behind, _ = listener.accept()
            with behind:
                assert behind.recv(9) == b"ping"
                behind.sendall(b"pong")
                assert read(client, 4) == b"pong"


def test_a_delay_holds_each_direction(line: Proxy) -> None:
    line.delay(0.3)
    began = time.monotonic()
    assert says(line) == WORDS
    assert 0.6 <= time.monotonic() - began < 5
    line.heal()
    began = time.monotonic()
    assert says(line) == WORDS
    assert time.monotonic() - began < 0.5


@pytest.mark.parametrize("count", [0, 1, 7, len(WORDS)])
def test_an_answer_is_cut_after_so_many_bytes_once(line: Proxy, server: Echo, count: int) -> None:
    line.cut_after(count)
    with connect(line) as client:
        client.sendall(WORDS)
        assert read(client) == WORDS[:count]
    assert server.heard == WORDS
    assert line.has_cut.is_set()
    assert says(line) == WORDS


def test_a_request_is_cut_after_so_many_bytes(line: Proxy, server: Echo) -> None:
    line.cut_after(7, of="request")
    with connect(line) as client:
        client.sendall(WORDS)
        assert read(client) == b""
    assert server.ended.wait(5)
    assert server.heard == WORDS[:7]


def test_bytes_are_counted_from_the_moment_of_asking(line: Proxy) -> None:
    with connect(line) as client:
        client.sendall(b"before")
        assert read(client, 6) == b"before"
        line.cut_after(3)
        client.sendall(b"after")
        assert read(client) == b"aft"


def test_a_pattern_reaches_the_server_and_its_answer_does_not_come_back(line: Proxy, server: Echo) -> None:
    line.cut_at(b"COMMIT")
    with connect(line) as client:
        client.sendall(WORDS)
        assert read(client) == b""
    assert server.ended.wait(5)
    assert server.heard == WORDS
    assert says(line) == WORDS


def test_a_pattern_that_is_held_back_never_reaches_the_server(line: Proxy, server: Echo) -> None:
    line.cut_at(b"COMMIT", forwarded=False)
    with connect(line) as client:
        client.sendall(WORDS)
        assert read(client) in b"one two three "
    assert server.ended.wait(5)
    assert server.heard == b"one two three "


@pytest.mark.parametrize("forwarded", [True, False])
def test_a_pattern_in_two_pieces_is_found(line: Proxy, server: Echo, forwarded: bool) -> None:
    line.cut_at(b"COMMIT", forwarded=forwarded)
    with connect(line) as client:
        client.sendall(b"COM")
        assert read(client, 3) == b"COM"
        client.sendall(b"MIT;")
        assert read(client) == b""
    assert server.ended.wait(5)
    assert server.heard == (b"COMMIT;" if forwarded else b"COM")


def test_patterns_are_found_one_behind_the_other(line: Proxy) -> None:
    line.cut_at(b"place", b"COMMIT")
    with connect(line) as client:
        for words in (b"COMMIT;", b"place;", b"other;"):
            client.sendall(words)
            assert read(client, len(words)) == words
        client.sendall(b"COMMIT;")
        assert read(client) == b""


def test_a_black_hole_answers_nothing_and_forgets_nothing(line: Proxy, server: Echo) -> None:
    with connect(line) as known:
        known.sendall(b"first")
        assert read(known, 5) == b"first"
        line.blackhole()
        with connect(line) as late:
            for client in (known, late):
                client.sendall(b"again")
                client.settimeout(0.1)
                with pytest.raises(TimeoutError):
                    client.recv(9)
            assert (server.connections, server.heard) == (1, b"first")
            line.heal()
            for client in (known, late):
                client.settimeout(5)
                assert read(client, 5) == b"again"


def test_a_reset_ends_every_connection_and_each_new_one(line: Proxy, server: Echo) -> None:
    with connect(line) as known:
        known.sendall(b"first")
        assert read(known, 5) == b"first"
        line.reset()
        with pytest.raises(ConnectionResetError):
            known.recv(9)
    with pytest.raises(OSError, match=r"reset|not connected|pipe"):  # as early as the reset comes
        says(line)
    assert server.connections == 1
    line.heal()
    assert says(line) == WORDS


def test_where_nobody_listens_the_connection_ends() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with Proxy(("127.0.0.1", port)) as line, connect(line) as client:
        assert read(client) == b""


def test_it_ends_with_everything_that_it_started(server: Echo) -> None:
    with Proxy(("127.0.0.1", server.port)) as line:
        before = threading.active_count()
        held, open_ = connect(line), connect(line)
        open_.sendall(b"first")
        assert read(open_, 5) == b"first"
        line.blackhole()
        held.sendall(b"lost")
        line.delay(60)
    assert threading.active_count() < before + 1
    for client in (held, open_):
        with client:
            assert read(client) == b""
    with pytest.raises(ConnectionRefusedError):
        connect(line)
