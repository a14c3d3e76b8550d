"""Answers as they come in the field when something is wrong."""

import functools
import gzip
import json
from collections.abc import Callable, Mapping

from transactions.suppliers.simulator.scripts import Answer
from transactions.suppliers.simulator.web import Reply

_HTML = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1>nginx</body></html>"


def compact(data: object) -> bytes:
    """JSON as the supplier writes it: compact, raw UTF-8."""
    wrapped = {"data": data}
    try:
        return json.dumps(wrapped, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:  # a test wants half a surrogate pair: only an escape can carry it
        return json.dumps(wrapped, separators=(",", ":")).encode()


@functools.cache
def _bomb() -> bytes:
    return gzip.compress(b'{"data":{"rc":"00","message":"' + b" " * 64 * 1024 * 1024, compresslevel=9)


def _cut_body(reply: Reply) -> Reply:
    head, body = reply.wire()
    return Reply(status=reply.status, body=body, cut_after=len(head) + len(body) // 2)


def _truncated(reply: Reply) -> Reply:
    return Reply(status=reply.status, body=reply.body[: len(reply.body) // 2])


def _patched(fields: Mapping[str, object]) -> Callable[[Reply], Reply]:
    def patch(reply: Reply) -> Reply:
        return Reply(status=reply.status, body=compact({**json.loads(reply.body)["data"], **fields}))

    return patch


_BROKEN: dict[Answer, Callable[[Reply], Reply]] = {
    "normal": lambda reply: reply,
    "silence": lambda _: Reply(silent=True),
    "cut": lambda _: Reply(cut_after=0),
    "cut_body": _cut_body,
    "html500": lambda _: Reply(status=500, body=_HTML, kind=b"text/html"),
    "html200": lambda _: Reply(body=_HTML, kind=b"text/html"),
    "empty": lambda _: Reply(),
    "truncated": _truncated,
    "wrong_types": _patched({"rc": 0, "status": 1, "price": "10.250", "sn": None, "buyer_last_saldo": []}),
    "negative_price": _patched({"price": -10_250}),
    "huge": _patched({"message": "x" * 300_000}),
    "trickle": lambda reply: Reply(status=reply.status, body=reply.body, byte_seconds=1.0),
    "trickle_head": lambda reply: Reply(status=reply.status, body=reply.body, byte_seconds=1.0, slow_head=True),
    "gzip_bomb": lambda _: Reply(body=_bomb(), headers=((b"Content-Encoding", b"gzip"),)),
    "redirect": lambda reply: Reply(status=302, body=reply.body, headers=((b"Location", b"/v1/transaction"),)),
}


def broken(answer: Answer, reply: Reply) -> Reply:
    """The same answer, broken in this way."""
    return _BROKEN[answer](reply)
