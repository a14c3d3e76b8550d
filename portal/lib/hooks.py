"""Named points where one app lets others join in without knowing them.

The app below declares a `Hook` beside the function that calls it; `portal/wiring.py` connects the
functions of the apps above, once, at start. Unlike a signal a hook is typed, its connections stand
in one file, and what a connected function raises reaches the caller: it runs in the same transaction.
"""

from collections.abc import Callable
from typing import Generic, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class Hook(Generic[P, R]):
    """A point with a name and a signature: `sold: Hook[[int], None] = Hook("transactions.sold")`."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._connected: list[Callable[P, R]] = []

    def connect(self, function: Callable[P, R]) -> None:
        """Join in; raises ValueError when the function is connected already."""
        if function in self._connected:
            raise ValueError(f"{function!r} is connected to {self.name} already")
        self._connected.append(function)

    def disconnect(self, function: Callable[P, R]) -> None:
        """Leave; for tests. Raises ValueError when the function is not connected."""
        self._connected.remove(function)

    def call(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Tell everyone, in the order in which they were connected."""
        for function in self._connected:
            function(*args, **kwargs)

    def collect(self, *args: P.args, **kwargs: P.kwargs) -> list[R]:
        """Ask everyone: their answers, in the order in which they were connected."""
        return [function(*args, **kwargs) for function in self._connected]

    def __repr__(self) -> str:
        return f"<Hook {self.name}: {len(self._connected)} connected>"
