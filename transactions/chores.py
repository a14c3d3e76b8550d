"""Tasks that a person may close by hand: those whose end no event of ours can see."""

from dealers.models import User
from transactions import queue, todo
from transactions.models import DueKind, Task, TaskKind

BY_HAND = frozenset({TaskKind.SUPPLIER, TaskKind.PARKED})
"""A supplier's account was looked after, or parked work is to be tried again."""


class ClosesByItself(Exception):
    """The task ends when what it is about ends."""


def close(task: Task, *, actor: User) -> None:
    """End a task; parked work is tried again at once. Raises `ClosesByItself`."""
    if task.kind not in BY_HAND:
        raise ClosesByItself
    if task.kind == TaskKind.PARKED:
        _try_again(task)
    todo.done(task.dealer_id, TaskKind(task.kind), task.subject, by=actor)


def _try_again(task: Task) -> None:
    if task.order_id is not None:
        queue.unpark(task.dealer_id, DueKind.ORDER, task.order_id)
        return
    kind, _colon, target = task.subject.partition(":")
    if kind in DueKind.values and target.isdecimal():
        queue.unpark(task.dealer_id, DueKind(kind), int(target))
