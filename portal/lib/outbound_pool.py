"""Connections of the outbound client: opened to a checked address, kept for a few seconds, used by one call at a time.

A kept connection may have been closed by the other side in the very moment in which it is used
again. That call is *unanswered*, never *not sent*: bytes may have been read before the close. To
make it rare, connections rest for less time than common servers keep them, and one that has become
readable is thrown away.
"""

import contextlib
import functools
import os
import select
import socket
import ssl
import threading
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from urllib.parse import urlsplit

import certifi
import h11
import ssrfguard
from django.conf import settings

CONNECT_SECONDS = 5.0
_REST_SECONDS = 4.0  # several common servers close idle connections after five
_KEPT_PER_ORIGIN = 128
_RECEIVE_BYTES = 64 * 1024

Origin = tuple[str, str, int, tuple[str, ...]]


class NotSent(Exception):
    """Certain: no byte of the request left this machine."""


class TooLate(NotSent):
    """The moment after which the caller no longer owns the right to send had passed."""


class ForbiddenAddress(NotSent):
    """The URL leads, or may lead, somewhere that we do not go."""


class Connection:
    """One socket and its HTTP state; belongs to one call between `take` and `give_back`."""

    def __init__(self, origin: Origin, sock: socket.socket) -> None:
        self.origin = origin
        self.rests_since = 0.0
        self._sock = sock
        self._http = h11.Connection(h11.CLIENT)

    def start(self, request: h11.Request, body: bytes, *, not_after: float | None, deadline: float) -> None:
        """Send the request. Raises TooLate before the first byte, OSError once one may have left."""
        parts = [self._http.send(request), self._http.send(h11.Data(data=body)), self._http.send(h11.EndOfMessage())]
        data = b"".join(part for part in parts if part)
        self._sock.settimeout(max(deadline - time.monotonic(), 0.001))
        # A process may have been frozen anywhere above; nothing but the send comes after this look.
        now = time.monotonic()
        if not_after is not None and now >= not_after:
            raise TooLate("the time for sending had passed")
        if now >= deadline:
            raise NotSent("the deadline of the call passed before the first byte")
        self._sock.sendall(data)

    def next_event(self, deadline: float) -> object:
        """The next HTTP event. Raises OSError (also for the deadline) and h11.RemoteProtocolError."""
        while (event := self._http.next_event()) is h11.NEED_DATA:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError("the deadline of the call has passed")
            self._sock.settimeout(left)
            self._http.receive_data(self._sock.recv(_RECEIVE_BYTES))
        return event

    def is_reusable(self) -> bool:
        """Make it ready for another request, if the last one left it clean."""
        if self._http.our_state is not h11.DONE or self._http.their_state is not h11.DONE:
            return False
        if self._http.trailing_data != (b"", False):
            return False  # something came behind the answer: it would be taken for the next one
        self._http.start_next_cycle()
        return True

    def is_quiet(self) -> bool:
        """Nothing has come since the last answer: not even the end."""
        poll = select.poll()  # select() cannot watch descriptors above 1023
        poll.register(self._sock, select.POLLIN)
        return not poll.poll(0)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._sock.close()


class _Pool:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._resting: dict[Origin, deque[Connection]] = {}
        self._swept = time.monotonic()

    def pop(self, origin: Origin) -> Connection | None:
        oldest = time.monotonic() - _REST_SECONDS
        while True:
            with self._lock:
                resting = self._resting.get(origin)
                if not resting:
                    return None
                connection = resting.pop()  # the last used: the least likely to have been closed
            if connection.rests_since > oldest and connection.is_quiet():
                return connection
            connection.close()

    def push(self, connection: Connection) -> None:
        connection.rests_since = now = time.monotonic()
        with self._lock:
            resting = self._resting.setdefault(connection.origin, deque())
            resting.append(connection)
            surplus = [resting.popleft()] if len(resting) > _KEPT_PER_ORIGIN else []
            if now - self._swept > _REST_SECONDS:
                self._swept = now
                surplus += self._take_tired(now - _REST_SECONDS)
        for tired in surplus:
            tired.close()

    def _take_tired(self, oldest: float) -> list[Connection]:
        tired = [
            connection
            for resting in self._resting.values()
            for connection in resting
            if connection.rests_since <= oldest
        ]
        for origin, resting in list(self._resting.items()):
            while resting and resting[0].rests_since <= oldest:
                resting.popleft()
            if not resting:
                del self._resting[origin]
        return tired

    def forget(self) -> None:
        """In a forked child: the sockets are the parent's, and so may be the lock."""
        self._lock = threading.Lock()
        self._resting = {}


_pool = _Pool()
os.register_at_fork(after_in_child=_pool.forget)


def take(url: str, *, deadline: float, not_after: float | None) -> Connection:
    """A connection for this URL, kept or new. Raises NotSent, TooLate, ForbiddenAddress."""
    origin = _origin(url)
    last = deadline if not_after is None else min(deadline, not_after)
    try:
        return _pool.pop(origin) or _open(url, origin, last)
    except ForbiddenAddress:
        raise
    except NotSent as failed:
        if not_after is not None and time.monotonic() >= not_after:
            raise TooLate("the time for sending passed while connecting") from failed
        raise


def give_back(connection: Connection) -> None:
    """Keep the connection if its last exchange ended cleanly, close it otherwise."""
    if connection.is_reusable():
        _pool.push(connection)
    else:
        connection.close()


@functools.lru_cache(maxsize=1024)
def _split(url: str) -> tuple[str, str, int]:
    parts = urlsplit(url)
    return parts.scheme, (parts.hostname or ""), parts.port or (443 if parts.scheme == "https" else 80)


def _origin(url: str) -> Origin:
    try:
        return (*_split(url), tuple(settings.OUTBOUND_ALLOW_NETWORKS))
    except ValueError as bad:
        raise ForbiddenAddress(f"not an address: {bad}") from bad


@functools.lru_cache(maxsize=256)
def _policy(port: int, networks: tuple[str, ...]) -> ssrfguard.Policy:
    return ssrfguard.Policy(allowed_ports=frozenset({port}), allowed_networks=networks)  # type: ignore[arg-type]


def check(url: str) -> None:
    """Whether calls to this URL may go out, as its name resolves now; nothing is sent. Takes up to five seconds.

    Raises ForbiddenAddress, or NotSent when the name leads nowhere today.
    """
    _scheme, _host, port, networks = _origin(url)
    with _refusals():
        policy = _policy(port, networks)
        _resolve(policy.check_url(url), policy, time.monotonic() + CONNECT_SECONDS)


def _open(url: str, origin: Origin, until: float) -> Connection:
    scheme, host, port, networks = origin
    until = min(until, time.monotonic() + CONNECT_SECONDS)
    with _refusals():
        policy = _policy(port, networks)
        addresses = _resolve(policy.check_url(url), policy, until)
        sock = _connect(addresses, policy, until)
        if scheme == "https":
            sock = _secure(sock, host, until)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return Connection(origin, sock)


@contextlib.contextmanager
def _refusals() -> Iterator[None]:
    """What goes wrong before the first byte, as one of our two refusals."""
    try:
        yield
    except ssrfguard.SSRFGuardError as forbidden:
        raise ForbiddenAddress(str(forbidden)[:300]) from forbidden
    except (OSError, ValueError) as failed:
        raise NotSent(f"no connection: {type(failed).__name__}: {failed}"[:300]) from failed


_resolvers = ThreadPoolExecutor(max_workers=16, thread_name_prefix="resolve")
os.register_at_fork(after_in_child=lambda: globals().update(_resolvers=ThreadPoolExecutor(max_workers=16)))


def _resolve(target: ssrfguard.Target, policy: ssrfguard.Policy, until: float) -> tuple[ssrfguard.Address, ...]:
    """Every address of the name, each of them allowed. The platform's look-up knows no timeout, so a thread waits."""
    if target.is_literal_address:
        return ssrfguard.resolve(target, policy=policy)
    look_up = _resolvers.submit(ssrfguard.resolve, target, policy=policy)
    try:
        return look_up.result(timeout=_left(until))
    except FutureTimeoutError as silent:
        look_up.cancel()
        raise TimeoutError(f"no answer about the name {target.host}") from silent


def _connect(addresses: tuple[ssrfguard.Address, ...], policy: ssrfguard.Policy, until: float) -> socket.socket:
    failed: OSError = OSError("no address")
    for address in addresses[:4]:
        try:
            return ssrfguard.connect([address], policy=policy, timeout=_left(until))
        except OSError as error:
            failed = error
    raise failed


def _secure(sock: socket.socket, host: str, until: float) -> socket.socket:
    try:
        sock.settimeout(_left(until))
        return _tls(settings.PROBE_CA).wrap_socket(sock, server_hostname=host)
    except BaseException:
        sock.close()
        raise


@functools.cache
def _tls(authority: str) -> ssl.SSLContext:
    """Trusts what the machine trusts, the usual public list since a bare machine may trust nothing, and `authority`."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    if authority:
        context.load_verify_locations(authority)
    context.set_alpn_protocols(["http/1.1"])
    return context


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError("no time left for connecting")
    return left
