"""How a destination or a test decides what happens to a sale and what is said about it.

A `Plan` is the fate of a sale: when it ends, how, and which callbacks tell it. The last three digits
of the destination choose one. A `Script` is a test's wish: another fate, or a broken answer.
"""

from dataclasses import dataclass, field
from typing import Literal

Answer = Literal[
    "normal", "silence", "cut", "drop", "cut_body", "html500", "html200", "empty", "truncated", "wrong_types",
    "negative_price", "huge", "trickle", "trickle_head", "gzip_bomb", "redirect",
]  # fmt: skip
Moment = Literal["first", "again", "any"]
Fate = Literal["by_number", "deliver", "fail", "pending"]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """`ends_after` seconds (None: never) the sale ends with `rc`; `callbacks` are then told one after another."""

    rc: str = "00"
    ends_after: float | None = 0.0
    callbacks: tuple[str, ...] = ()
    answer: Answer = "normal"
    answer_waits: bool = False
    """The first answer is held back until the sale ends."""
    tell_first: bool = False
    """The callbacks are told before the first answer."""


FAILED = "02"
BY_SUFFIX: dict[str, Plan] = {
    "232": Plan(rc=FAILED),
    "233": Plan(ends_after=2.0, callbacks=("00",)),
    "234": Plan(ends_after=2.0, rc=FAILED, callbacks=(FAILED,)),
    "240": Plan(answer="cut"),
    "241": Plan(ends_after=None),
    "242": Plan(answer="html500"),
    "243": Plan(ends_after=45.0, answer_waits=True),
    "245": Plan(ends_after=2.0, callbacks=("00", "00", FAILED)),
    "247": Plan(callbacks=("00",), tell_first=True),
}
REFUSED_BY_THE_FIRST: dict[str, str] = {"244": "53", "246": "69"}
"""The account first asked for such a destination refuses with this code for ever; any other delivers."""

FATES: dict[Fate, Plan] = {
    "deliver": Plan(),
    "fail": Plan(rc=FAILED),
    "pending": Plan(ends_after=None),
}


@dataclass(kw_only=True)
class Script:
    """A test's wish for requests about `number` ("" for all), at the first request of a reference or a later one.

    `answer` breaks the answer ("drop" breaks the connection before anything is recorded); `rc` says
    another code; `patch` overwrites fields of the answer; `delay` seconds pass before it; `times` is how
    often the script applies (0: until cleared); `fate` is what really happens to the sale.
    """

    number: str = ""
    account: str = ""
    on: Moment = "any"
    answer: Answer = "normal"
    rc: str = ""
    fate: Fate = "by_number"
    delay: float = 0.0
    times: int = 0
    patch: dict[str, object] = field(default_factory=dict)

    def fits(self, *, account: str, number: str, again: bool) -> bool:
        """Whether this request is meant."""
        return (
            self.number in {"", number}
            and self.account in {"", account}
            and self.on in {"any", "again" if again else "first"}
        )


class Scripts:
    """The wishes in force; the newest that fits wins."""

    def __init__(self) -> None:
        self._scripts: list[Script] = []

    def add(self, script: Script) -> None:
        self._scripts.append(script)

    def clear(self) -> None:
        self._scripts.clear()

    def take(self, *, account: str, number: str, again: bool) -> Script | None:
        """The script for this request, counted down."""
        for script in reversed(self._scripts):
            if script.fits(account=account, number=number, again=again):
                if script.times == 1:
                    self._scripts.remove(script)
                script.times -= script.times > 0
                return script
        return None
