"""Servers for tests of outbound calls: raw sockets, so that they can misbehave in every way."""

import socket
import ssl
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

Handler = Callable[[socket.socket], None]
OK = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{"ok":true}'


def read_request(connection: socket.socket) -> bytes:
    """One request with its body; what came so far when the other side ended."""
    came = b""
    while b"\r\n\r\n" not in came:
        data = connection.recv(65536)
        if not data:
            return came
        came += data
    head, _, body = came.partition(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
    while len(body) < length:
        data = connection.recv(65536)
        if not data:
            break
        body += data
    return head + b"\r\n\r\n" + body


class RawServer:
    """Calls `handler` in a thread for each connection and closes it afterwards; keeps count."""

    def __init__(self, handler: Handler, *, tls: ssl.SSLContext | None = None) -> None:
        self._handler, self._tls = handler, tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads: list[threading.Thread] = []
        self._open: list[socket.socket] = []
        self.connections = 0
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/v1/x"

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for listening in (self._listener, *self._open):
            try:
                listening.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
            finally:
                listening.close()
        for thread in self._threads:
            thread.join(5)

    def _start(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            self._start(lambda connection=connection: self._serve(connection))  # type: ignore[misc]

    def _serve(self, connection: socket.socket) -> None:
        try:
            served = self._tls.wrap_socket(connection, server_side=True) if self._tls else connection
            self._open.append(served)
            with served:
                self._handler(served)
        except OSError:
            return


def answering(*answers: bytes) -> Handler:
    """Give these answers to the requests of a connection, then close it."""

    def handle(connection: socket.socket) -> None:
        for answer in answers:
            if not read_request(connection):
                return
            connection.sendall(answer)

    return handle


def answering_always(answer: bytes = OK) -> Handler:
    """Give the same answer to every request of a connection until the client leaves."""

    def handle(connection: socket.socket) -> None:
        while read_request(connection):
            connection.sendall(answer)

    return handle
