"""Mails go out behind the answer; here they go out before the next line of the test."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pytest
from pytest_django import Settings

from dealers import mails, people


@pytest.fixture(autouse=True)
def _plenty(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits have tests of their own; the counts lie in the Redis of the whole run."""
    settings.ACCOUNT_TRIES_PER_MINUTE = 60_000
    monkeypatch.setattr(people, "_MAILS_AT_ONCE", 1000)


@pytest.fixture
def _mails_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Send within the test's transaction."""

    def now(work: Callable[..., None], *args: Any, **kwargs: Any) -> "Future[None]":
        work(*args, **kwargs)
        done: Future[None] = Future()
        done.set_result(None)
        return done

    monkeypatch.setattr(mails, "later", now)
