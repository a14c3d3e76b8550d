"""A buyer's webhook endpoint that remembers what it was told."""

import json
import queue
import socket
from dataclasses import dataclass
from typing import Any

from tests.portal.servers import RawServer, read_request


@dataclass(frozen=True)
class Told:
    headers: dict[str, str]
    body: bytes

    @property
    def data(self) -> dict[str, Any]:
        data: dict[str, Any] = json.loads(self.body)["data"]
        return data


class Receiver(RawServer):
    """Answers with the statuses given, then always with 200."""

    def __init__(self, *statuses: int) -> None:
        super().__init__(self._receive)
        self._statuses = list(statuses)
        self.told: queue.Queue[Told] = queue.Queue()

    def _receive(self, connection: socket.socket) -> None:
        head, _, body = read_request(connection).partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")[1:]
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        self.told.put(Told(headers, body))
        status = self._statuses.pop(0) if self._statuses else 200
        connection.sendall(b"HTTP/1.1 %d X\r\nContent-Length: 0\r\n\r\n" % status)

    def next(self, seconds: float = 8.0) -> Told:
        """The next callback. Raises queue.Empty when none comes."""
        return self.told.get(timeout=seconds)
