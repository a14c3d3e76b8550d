"""Between a connector and a real server: passes requests on, and breaks the answers to some as a test says."""

import gzip
import http.client
import json
import socket
import time
from collections.abc import Callable

from tests.portal.servers import RawServer, read_request
from transactions.suppliers.simulator.web import Reply

_HTML = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


class Spoiler(RawServer):
    """`with Spoiler("127.0.0.1", port) as line`: `line.how` breaks each answer to a request that names `line.about`.

    "drop" does not even pass the request on.
    """

    def __init__(self, host: str, port: int) -> None:
        super().__init__(self._between)
        self.how, self.about = "", ""
        self._host, self._to = host, port

    def _between(self, connection: socket.socket) -> None:
        while request := read_request(connection):
            spoils = bool(self.how) and self.about.encode() in request
            if spoils and self.how == "drop":
                return
            reply = self._passed_on(request)
            if not _send(connection, _BROKEN[self.how](reply) if spoils else reply):
                return

    def _passed_on(self, request: bytes) -> Reply:
        head, _, body = request.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ")
        headers = {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}
        headers = {name: value for name, value in headers.items() if name.lower() != "accept-encoding"}
        server = http.client.HTTPConnection(self._host, self._to, timeout=30)
        try:
            server.request(method, target, body, headers)
            answer = server.getresponse()
            kind = answer.headers.get("Content-Type", "text/plain").encode()
            kept = tuple((name.encode(), answer.headers[name].encode()) for name in ("ETag",) if name in answer.headers)
            return Reply(status=answer.status, body=answer.read(), kind=kind, headers=kept)
        finally:
            server.close()


def _send(connection: socket.socket, reply: Reply) -> bool:
    """Whether the connection can be used again."""
    head, body = reply.wire()
    if reply.silent:
        connection.recv(1)  # until the caller leaves
        return False
    if reply.cut_after is not None:
        connection.sendall((head + body)[: reply.cut_after])
        return False
    if reply.byte_seconds:
        quick, slow = (b"", head + body) if reply.slow_head else (head, body)
        connection.sendall(quick)
        for byte in slow:
            connection.sendall(bytes([byte]))
            time.sleep(reply.byte_seconds)  # the trickle itself; the caller's deadline ends it
        return False
    connection.sendall(head + body)
    return True


def _patched(**fields: object) -> Callable[[Reply], Reply]:
    def patch(reply: Reply) -> Reply:
        body = json.dumps({**json.loads(reply.body), **fields}).encode()
        return Reply(status=reply.status, body=body, kind=reply.kind)

    return patch


def _cut_body(reply: Reply) -> Reply:
    head, body = reply.wire()
    return Reply(status=reply.status, body=body, kind=reply.kind, cut_after=len(head) + len(body) // 2)


def _bomb(_reply: Reply) -> Reply:
    body = gzip.compress(b'{"status":"succeeded","sn":"' + b" " * 16 * 1024 * 1024)
    return Reply(body=body, headers=((b"Content-Encoding", b"gzip"),))


_BROKEN: dict[str, Callable[[Reply], Reply]] = {
    "silence": lambda _: Reply(silent=True),
    "cut": lambda _: Reply(cut_after=0),
    "cut_body": _cut_body,
    "html500": lambda _: Reply(status=500, body=_HTML, kind=b"text/html"),
    "html200": lambda _: Reply(body=_HTML, kind=b"text/html"),
    "empty": lambda _: Reply(),
    "truncated": lambda reply: Reply(status=reply.status, body=reply.body[: len(reply.body) // 2], kind=reply.kind),
    "wrong_types": _patched(status=1, price="10.500", sn=None, sandbox="no"),
    "negative_price": _patched(price=-10_500),
    "huge": _patched(description="x" * 300_000),
    "trickle": lambda reply: Reply(status=reply.status, body=reply.body, byte_seconds=1.0),
    "trickle_head": lambda reply: Reply(status=reply.status, body=reply.body, byte_seconds=1.0, slow_head=True),
    "gzip_bomb": _bomb,
    "redirect": lambda reply: Reply(status=302, body=reply.body, headers=((b"Location", b"/api/v1/orders/"),)),
}
