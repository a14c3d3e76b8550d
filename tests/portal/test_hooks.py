"""A hook calls whoever was connected, in order, and hides no error."""

import pytest

from portal.lib.hooks import Hook


def test_everyone_connected_is_asked_in_order() -> None:
    hook: Hook[[int], str] = Hook("test.asked")
    hook.connect(lambda number: f"first {number}")
    hook.connect(lambda number: f"second {number}")
    assert hook.collect(7) == ["first 7", "second 7"]


def test_a_call_reaches_everyone_connected() -> None:
    heard: list[int] = []
    hook: Hook[[int], None] = Hook("test.told")
    hook.connect(heard.append)
    hook.connect(lambda number: heard.append(number * 10))
    hook.call(4)
    assert heard == [4, 40]


def test_without_connections_nothing_happens() -> None:
    assert Hook[[int], None]("test.nobody").collect(1) == []


def test_an_error_reaches_the_caller() -> None:
    hook: Hook[[], float] = Hook("test.raises")
    hook.connect(lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        hook.call()


def test_a_function_is_connected_once() -> None:
    hook: Hook[[int], None] = Hook("test.twice")
    heard: list[int] = []
    function = heard.append
    hook.connect(function)
    with pytest.raises(ValueError, match="connected"):
        hook.connect(function)
    hook.disconnect(function)
    hook.call(1)
    assert heard == []
