"""Rate limits that hold with Redis and go on working without it.

A GCRA: one number per key (the theoretical arrival time), decided by one atomic script on Redis'
own clock. When Redis is down, hung or full, a breaker opens for some seconds and each process
decides from its own memory, so a limit is then looser by the number of processes, and never slower.
"""

import hashlib
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import cache

import redis
import structlog
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from portal.lib import meters

log = structlog.get_logger(__name__)

_TIMEOUT_SECONDS = 0.2
_OPEN_SECONDS = 5.0
_LARGEST_MEMORY = 50_000

# KEYS[1] the key; ARGV[1] microseconds per hit, ARGV[2] microseconds that may be used in advance.
# A time far ahead (Redis' clock was set back) is cut to what a full burst would have left.
_SCRIPT = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local step, ahead = tonumber(ARGV[1]), tonumber(ARGV[2])
local arrival = tonumber(redis.call('GET', KEYS[1]) or now)
arrival = math.min(math.max(arrival, now), now + ahead)
local wait = arrival + step - ahead - now
if wait > 0 then return wait end
redis.call('SET', KEYS[1], string.format('%.0f', arrival + step), 'PX', math.ceil((arrival + step - now) / 1000))
return wait
"""


@dataclass(frozen=True)
class Allowed:
    """The hit counts, and may go on; so many more may follow at once."""

    remaining: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Refused:
    """Too many; nothing was counted. Whole seconds, at least one."""

    retry_after_seconds: int


class TooMany(Exception):
    """A limit was reached; TroubleMiddleware answers 429 with Retry-After."""

    def __init__(self, limit: str, *, retry_after_seconds: int) -> None:
        super().__init__(f"{limit}: again in {retry_after_seconds} s")
        self.limit = limit
        self.retry_after_seconds = retry_after_seconds


class _Memory:
    """The same algorithm in this process, for as many keys as fit; the longest unused is forgotten first."""

    def __init__(self) -> None:
        self._arrivals: OrderedDict[str, float] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, key: str, *, step: float, ahead: float) -> float:
        """Seconds to wait; 0 or less counts the hit, and says how much may still come in advance."""
        with self._lock:
            now = time.monotonic()
            arrival = max(self._arrivals.pop(key, now), now)
            wait = arrival + step - ahead - now
            allowed = wait <= 1e-9
            self._arrivals[key] = arrival + step if allowed else arrival
            while len(self._arrivals) > _LARGEST_MEMORY:
                self._arrivals.popitem(last=False)
            return min(wait, 0.0) if allowed else wait


class _Breaker:
    """Closed, or open until a moment; then one caller tries while the others go on without Redis."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open_until = 0.0

    def lets_through(self) -> bool:
        with self._lock:
            if not self._open_until:
                return True
            now = time.monotonic()
            if now < self._open_until:
                return False
            self._open_until = now + _OPEN_SECONDS
            return True

    def closes(self) -> None:
        if self._open_until:
            with self._lock:
                self._open_until = 0.0

    def opens(self) -> bool:
        """Whether it was closed before: worth one log line, not one per request."""
        with self._lock:
            was_closed = not self._open_until
            self._open_until = time.monotonic() + _OPEN_SECONDS
            return was_closed


_memory = _Memory()
_breaker = _Breaker()


@cache
def client(url: str) -> redis.Redis:
    """A Redis client that gives up after 0.2 s and never tries twice."""
    made: redis.Redis = redis.Redis.from_url(
        url,
        socket_timeout=_TIMEOUT_SECONDS,
        socket_connect_timeout=_TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), 0),
        retry_on_timeout=False,
        max_connections=64,
    )
    return made


def check(name: str, key: str, *, per_minute: float, burst: int | None = None) -> Allowed | Refused:
    """Count one hit of `key` (an address, a number, an account) on the limit `name`.

    `burst` hits may come at once (default: a whole minute's), then `per_minute` evenly. A refused hit costs nothing.
    """
    if per_minute <= 0:
        raise ValueError("a limit lets something through")
    step = 60 / per_minute
    wait = _wait(name, _key(name, key), step=step, ahead=step * (per_minute if burst is None else max(1, burst)))
    if wait <= 0:
        return Allowed(int(-wait / step + 1e-6))
    meters.limits_refused.labels(name).inc()
    return Refused(max(1, int(-(-wait // 1))))


def hit(name: str, key: str, *, per_minute: float, burst: int | None = None) -> None:
    """As `check`, for those who only want to go on. Raises TooMany."""
    match check(name, key, per_minute=per_minute, burst=burst):
        case Refused(seconds):
            raise TooMany(name, retry_after_seconds=seconds)


def _key(name: str, key: str) -> str:
    # Addresses and phone numbers are nothing that Redis must know.
    return f"limit:{name}:{hashlib.blake2b(key.encode(), digest_size=16).hexdigest()}"


def _wait(name: str, key: str, *, step: float, ahead: float) -> float:
    if _breaker.lets_through():
        server = client(settings.REDIS_URL)
        try:
            answer = server.eval(_SCRIPT, 1, key, str(round(step * 1e6)), str(round(ahead * 1e6)))
        except (redis.RedisError, OSError) as error:
            # Idle connections to a dead server would fail one by one, each opening the breaker again.
            server.connection_pool.disconnect(inuse_connections=False)
            if _breaker.opens():
                log.warning("rate limits fall back to this process", reason=type(error).__name__)
        else:
            _breaker.closes()
            return int(answer) / 1e6
    meters.limits_local.labels(name).inc()
    return _memory.wait(key, step=step, ahead=ahead)
