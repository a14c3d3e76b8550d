"""The faults that need processes to die: each does its harm, heals, waits for quiet, and proves the books.

A scenario gets a running Konter and returns what it did in a few words; what must not happen is an
AssertionError. The numbers are rows of the fault catalogue where a scenario is one of them.
"""

import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from portal import running
from portal.processes import wait_until
from tests.chaos import proof
from tests.chaos.browser import BrowserBuyer
from tests.chaos.buyers import Bought, Crowd
from tests.chaos.portal import Portal, Victim
from tests.chromium import CHROME

RATE = 50.0
"""Purchases begun a second."""
LOAD_SECONDS = 60.0
KILL_EVERY = 3.0
QUIET_SECONDS = 120.0


@dataclass(frozen=True)
class Scenario:
    """A fault: its row in the catalogue ("" where it is a whole day of them), its name, and what is done."""

    row: str
    name: str
    run: Callable[[Portal], str]


def _crowd(portal: Portal) -> Crowd:
    return Crowd(host="127.0.0.1", port=portal.port)


def _prove(portal: Portal, told: list[Bought], *, seconds: float = 60) -> str:
    portal.wait_until_ready()
    proof.quiet(portal, seconds=seconds)
    found = proof.prove(portal, told)
    assert not found.faults, "\n".join(found.faults[:12])
    waiting = f", {found.undecided} still undecided" if found.undecided else ""
    return f"{found.orders} orders, {found.deliveries} delivered, {found.captured} captured{waiting}, audit clean"


def killed_before_the_request(portal: Portal) -> str:
    """Row 2: the attempt is written, the supplier was not asked."""
    return _killed_dispatcher(portal, "before_http")


def killed_after_the_answer(portal: Portal) -> str:
    """Row 1: the supplier has delivered, and nobody wrote it down."""
    return _killed_dispatcher(portal, "after_http")


def killed_before_recording(portal: Portal) -> str:
    """Row 1, a moment later: the answer is in hand."""
    return _killed_dispatcher(portal, "before_record")


def _killed_dispatcher(portal: Portal, point: str) -> str:
    crowd = _crowd(portal)
    doomed_one = portal.beside("manage.py", "dispatcher", KONTER_CRASH_AT=point)
    with portal.frozen(Victim.DISPATCHER), doomed_one as doomed:
        crowd.buy(number=_number("001"), shop="berkah-cell")
        assert wait_until(lambda: doomed.poll() is not None, seconds=30), f"nothing died at {point}"
        assert doomed.returncode == -signal.SIGKILL
    return _prove(portal, crowd.bought)


def killed_right_after_the_order(portal: Portal) -> str:
    """Row 3: the order is committed, the buyer has no answer, and sends the same form again."""
    crowd = _crowd(portal)
    variables = {"KONTER_CRASH_AT": "after_place", "PORT": str(portal.spare_port)}
    web = ("-m", "granian", "--interface", "wsgi", "portal.wsgi:application", "--port", str(portal.spare_port))
    with portal.beside(*web, "--workers", "1", "--respawn-failed-workers", **variables):
        doomed = Crowd(host="127.0.0.1", port=portal.spare_port)
        assert wait_until(lambda: running.is_ready("127.0.0.1", portal.spare_port), seconds=30), (
            "the second web process does not answer"
        )
        bought = doomed.buy(number=_number("001"), shop="berkah-cell")
        assert doomed.troubles, "no worker died"
    crowd.bought.append(bought)
    return _prove(portal, crowd.bought)


def frozen_dispatcher(portal: Portal) -> str:
    """Row 5: a dispatcher stands still with an answer in its hand, another takes over, then it wakes."""
    crowd = _crowd(portal)
    with ExitStack() as others:
        others.enter_context(portal.frozen(Victim.DISPATCHER))
        with portal.beside("manage.py", "dispatcher", KONTER_CRASH_AT="before_record:1:stop") as zombie:
            crowd.buy(number=_number("001"), shop="berkah-cell")
            assert wait_until(lambda: _is_stopped(zombie.pid), seconds=30), "nobody stood still"
            others.close()
            assert proof.quiet(portal, seconds=150), "nobody took over"
            zombie.send_signal(signal.SIGCONT)
            time.sleep(2)
    return _prove(portal, crowd.bought)


def _is_stopped(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


def redis_hangs(portal: Portal) -> str:
    """Row 11: Redis takes connections and answers nothing; selling does not notice."""
    crowd = _crowd(portal)
    with portal.frozen(Victim.REDIS):
        took = _seconds(lambda: [crowd.buy(number=_number("001")) for _ in range(5)])
        assert all(one.is_paid for one in crowd.bought)
        assert not crowd.troubles, f"{crowd.troubles} requests failed"
    return f"five sales in {took:.1f} s; {_prove(portal, crowd.bought)}"


def postgres_restarts(portal: Portal) -> str:
    """Row 14: a fast restart under load; a buyer sees 503 at worst and sends the same form again."""
    crowd = _crowd(portal)
    return _under_load(portal, crowd, lambda: portal.kill(Victim.POSTGRES, number=signal.SIGINT), times=3, every=5)


def postgres_killed(portal: Portal) -> str:
    """Row 15: `kill -9` of the server, or of one of its processes, which makes it recover."""
    crowd = _crowd(portal)
    victims = iter([Victim.POSTGRES, Victim.BACKEND, Victim.POSTGRES, Victim.BACKEND])
    return _under_load(portal, crowd, lambda: portal.kill(next(victims)), times=4, every=4)


def _under_load(portal: Portal, crowd: Crowd, harm: Callable[[], object], *, times: int, every: float) -> str:
    selling = threading.Thread(
        target=crowd.keep_buying, kwargs={"a_second": 20, "seconds": times * every + 3, "buyers": 30}
    )
    selling.start()
    for _ in range(times):
        time.sleep(every)
        harm()
    selling.join()
    assert crowd.troubles, "nobody noticed: was there any harm?"
    assert not crowd.wrong, f"answers that nobody should get: {crowd.wrong[:5]}"
    return f"{len(crowd.bought)} bought; {_prove(portal, crowd.bought, seconds=120)}"


def nothing_is_lost(portal: Portal) -> str:
    """Fifty purchases a second for a minute, and every three seconds something is killed with `kill -9`."""
    crowd = _crowd(portal)
    browser = BrowserBuyer(crowd) if CHROME.exists() else None
    if browser:
        browser.start()
    killed: Counter[str] = Counter()
    over = threading.Event()
    killer = threading.Thread(target=_keep_killing, args=(portal, over, killed))
    killer.start()
    threading.Timer(LOAD_SECONDS, over.set).start()
    rate = crowd.keep_buying(a_second=RATE, seconds=LOAD_SECONDS)
    killer.join()
    if browser:
        browser.finish()
    portal.wait_until_ready()
    time.sleep(QUIET_SECONDS)
    assert not crowd.wrong, f"answers that nobody should get: {crowd.wrong[:5]}"
    proven = _prove(portal, crowd.bought)
    by_browser = f"{browser.bought} by browser" if browser else "no browser here"
    return (
        f"{crowd.begun} begun by form, {len(crowd.bought)} acknowledged ({rate:.0f}/s in that minute, {by_browser}), "
        f"{crowd.gave_up} gave up, "
        f"{crowd.troubles} closed doors, {sum(killed.values())} kills ({_listed(killed)}); {proven}"
    )


def _keep_killing(portal: Portal, over: threading.Event, killed: Counter[str]) -> None:
    """Each kind in turn, in random order; one that is down just now is left for the next round."""
    round_: list[Victim] = []
    while not over.wait(KILL_EVERY):
        round_ = round_ or random.sample(list(Victim), len(Victim))
        if portal.kill(victim := round_.pop()):
            killed[victim] += 1


def power_cut(portal: Portal) -> str:
    """`kill -9` of everything at once; ready again within ten seconds, and nothing lives on after Ctrl-C."""
    crowd = _crowd(portal)
    selling = threading.Thread(target=crowd.keep_buying, kwargs={"a_second": 20, "seconds": 8, "buyers": 20})
    selling.start()
    time.sleep(4)
    portal.kill_everything()
    took = portal.start()
    selling.join()
    proven = _prove(portal, crowd.bought)
    left = portal.stop()
    assert not left, f"processes that live on after Ctrl-C: {left}"
    assert took <= 10, f"ready only after {took:.1f} s"
    return f"ready again in {took:.1f} s; {proven}"


def _listed(counted: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counted.most_common())


def _number(ending: str) -> str:
    return f"0852{random.randrange(10**5):05d}{ending}"


def _seconds(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


SCENARIOS = (
    Scenario("1", "killed after the supplier delivered", killed_after_the_answer),
    Scenario("1", "killed with the answer in hand", killed_before_recording),
    Scenario("2", "killed before the supplier was asked", killed_before_the_request),
    Scenario("3", "killed right after the order", killed_right_after_the_order),
    Scenario("5", "a dispatcher that froze and woke up", frozen_dispatcher),
    Scenario("11", "Redis hangs", redis_hangs),
    Scenario("14", "PostgreSQL restarts under load", postgres_restarts),
    Scenario("15", "PostgreSQL killed under load", postgres_killed),
    Scenario("", "nothing is lost", nothing_is_lost),
    Scenario("", "everything killed at once", power_cut),
)
