"""A limit lets its burst through, then the rate, and neither Redis' death nor its silence is felt."""

import socket
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis
from django.conf import settings as django_settings
from pytest_django import Settings

from portal.lib import limits
from portal.lib.limits import Allowed, Refused


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_breaker", limits._Breaker())
    monkeypatch.setattr(limits, "_memory", limits._Memory())


@pytest.fixture
def key() -> str:
    return uuid.uuid4().hex


@pytest.fixture
def silent() -> Iterator[str]:
    """A server that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


@pytest.fixture
def closed_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    return f"redis://127.0.0.1:{port}/0"


def _allowed(key: str, *, times: int, per_minute: int, burst: int | None = None) -> int:
    answers = [limits.check("test", key, per_minute=per_minute, burst=burst) for _ in range(times)]
    return sum(isinstance(answer, Allowed) for answer in answers)


def test_a_minutes_worth_may_come_at_once_and_no_more(key: str) -> None:
    assert _allowed(key, times=25, per_minute=10) == 10
    assert limits._memory._arrivals == {}, "decided without Redis"


def test_a_burst_may_be_smaller_than_a_minute(key: str) -> None:
    assert _allowed(key, times=10, per_minute=10, burst=3) == 3


def test_a_refusal_says_when_to_come_back(key: str) -> None:
    _allowed(key, times=10, per_minute=10)
    answer = limits.check("test", key, per_minute=10)
    assert isinstance(answer, Refused)
    assert answer.retry_after_seconds in {5, 6}


def test_a_refused_hit_costs_nothing(key: str) -> None:
    _allowed(key, times=200, per_minute=10)
    answer = limits.check("test", key, per_minute=10)
    assert isinstance(answer, Refused)
    assert answer.retry_after_seconds <= 6


def test_after_the_burst_the_rate_is_let_through(key: str) -> None:
    per_minute = 1200  # one every 50 ms
    assert _allowed(key, times=3, per_minute=per_minute, burst=2) == 2
    deadline = time.monotonic() + 5
    while isinstance(limits.check("test", key, per_minute=per_minute, burst=2), Refused):
        assert time.monotonic() < deadline, "the rate never came"
    assert isinstance(limits.check("test", key, per_minute=per_minute, burst=2), Refused)


def test_keys_and_limits_do_not_share() -> None:
    assert _allowed("a" + uuid.uuid4().hex, times=2, per_minute=1) == 1
    assert _allowed("b" + uuid.uuid4().hex, times=2, per_minute=1) == 1
    same = uuid.uuid4().hex
    assert isinstance(limits.check("one", same, per_minute=1), Allowed)
    assert isinstance(limits.check("two", same, per_minute=1), Allowed)


def test_fifty_at_once_get_exactly_the_burst(key: str) -> None:
    barrier = threading.Barrier(50)

    def one(_number: int) -> bool:
        barrier.wait(timeout=10)
        return isinstance(limits.check("test", key, per_minute=10), Allowed)

    with ThreadPoolExecutor(50) as pool:
        assert sum(pool.map(one, range(50))) == 10


def test_redis_learns_no_address_and_forgets_by_itself(key: str) -> None:
    name = f"test-{key}"
    limits.check(name, "203.0.113.9", per_minute=10)
    server = redis.Redis.from_url(django_settings.REDIS_URL)
    (stored,) = server.keys(f"limit:{name}:*")
    assert "203.0.113.9" not in f"{stored!r}{server.get(stored)!r}"
    assert 0 < int(server.pttl(stored)) <= 60_000


def test_a_clock_that_was_set_back_locks_nobody_out(key: str) -> None:
    server = redis.Redis.from_url(django_settings.REDIS_URL)
    server.set(limits._key("test", key), str(int((time.time() + 86_400) * 1e6)), ex=90_000)
    answer = limits.check("test", key, per_minute=10)
    assert isinstance(answer, Refused)
    assert answer.retry_after_seconds <= 6


def test_with_redis_down_the_limit_still_holds_in_this_process(settings: Settings, key: str, closed_port: str) -> None:
    settings.REDIS_URL = closed_port
    assert _allowed(key, times=25, per_minute=10) == 10


def test_with_redis_hung_only_the_first_hit_waits_and_never_longer_than_a_third_of_a_second(
    settings: Settings, key: str, silent: str
) -> None:
    settings.REDIS_URL = silent
    started = time.monotonic()
    assert _allowed(key, times=1, per_minute=10) == 1
    first = time.monotonic() - started
    started = time.monotonic()
    assert _allowed(key, times=24, per_minute=10) == 9
    assert first < 0.3
    assert time.monotonic() - started < 0.15


def test_a_full_redis_is_no_redis(settings: Settings, key: str) -> None:
    server = redis.Redis.from_url(django_settings.REDIS_URL)
    before = str(server.config_get("maxmemory")["maxmemory"])
    server.config_set("maxmemory", "1")
    try:
        assert _allowed(key, times=25, per_minute=10) == 10
        assert limits._memory._arrivals
    finally:
        server.config_set("maxmemory", before)


def test_redis_is_tried_again_after_the_breaker_rested(
    settings: Settings, key: str, closed_port: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    working = settings.REDIS_URL
    settings.REDIS_URL = closed_port
    _allowed(key, times=1, per_minute=10)
    settings.REDIS_URL = working
    assert _allowed(key, times=10, per_minute=10) == 9, "the breaker is open: this process counts on"
    monkeypatch.setattr(limits._breaker, "_open_until", time.monotonic() - 1)
    assert _allowed(key, times=25, per_minute=10) == 10, "Redis counts from nothing"


def test_while_the_breaker_is_half_open_one_caller_tries() -> None:
    breaker = limits._Breaker()
    breaker.opens()
    assert not breaker.lets_through()
    breaker._open_until = time.monotonic() - 1
    assert [breaker.lets_through() for _ in range(3)] == [True, False, False]


def test_the_memory_of_this_process_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_LARGEST_MEMORY", 100)
    memory = limits._Memory()
    for number in range(1000):
        memory.wait(str(number), step=1, ahead=1)
    assert len(memory._arrivals) == 100


def test_a_hit_over_the_limit_raises_with_the_seconds_to_wait(key: str) -> None:
    limits.hit("test", key, per_minute=1)
    with pytest.raises(limits.TooMany) as refusal:
        limits.hit("test", key, per_minute=1)
    assert refusal.value.retry_after_seconds in {59, 60}
