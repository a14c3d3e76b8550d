"""`make fuzz`: a Konter of its own is asked what the API's description allows, and what it forbids (schemathesis).

Three partners' machines ask one after the other: with a live key, signed with it, and with a sandbox key. Examples,
coverage, fuzzing and stateful walks along the links; whatever answers with a 5xx or not as the description says is a
failure, and so is a book that does not balance afterwards. It stops by itself: `SECONDS` (105) are shared out, `SEED`
repeats a run.
"""

import os
import random
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.portal import BASE, Portal

HERE = Path(__file__).resolve().parent
PARTNER, KEY, SANDBOX_KEY = "mitra-demo", "mitra-demo-key", "kt_test_fuzz-sandbox-key"
CALLS_PER_SECOND = 18
"""Under the API's own limit for a key, or most answers would be 429."""
_ISSUE = f"""
from dealers import partners
from dealers.models import Dealer, Partner
from portal.lib import tenancy
dealer = Dealer.objects.get(slug="berkah-cell")
with tenancy.inside(dealer.pk):
    partner = Partner.objects.get(dealer=dealer, username="{PARTNER}")
    partners.issue(partner, by=None, plain="{SANDBOX_KEY}", is_sandbox=True)
"""


@dataclass(frozen=True)
class Round:
    """Who asks, and for which part of the time."""

    name: str
    share: float
    key: str = KEY
    username: str = ""
    """Signs, when it is given."""
    phases: str = "examples,coverage,fuzzing,stateful"


ROUNDS = (
    Round("live key", 0.5),
    Round("signed", 0.25, username=PARTNER, phases="coverage,stateful"),
    Round("sandbox key", 0.25, key=SANDBOX_KEY, phases="coverage,fuzzing"),
)


def main() -> int:
    """Start, ask, audit, stop; exit code 1 when anything is not as the description says."""
    seconds, seed = int(os.environ.get("SECONDS", "105")), os.environ.get("SEED") or str(random.randrange(2**32))
    with Portal() as portal:
        portal.start(seconds=300)
        issued = portal.manage("shell", "-c", _ISSUE)
        assert issued.returncode == 0, issued.stderr
        url = f"http://127.0.0.1:{portal.port}"
        results = [_passes(each, url, seconds=max(1, int(seconds * each.share)), seed=seed) for each in ROUNDS]
        audit = portal.manage("audit_ledger")
        _say(f"{'pass' if audit.returncode == 0 else 'FAIL'}  the books\n{audit.stdout if audit.returncode else ''}")
        if all(results) and audit.returncode == 0:
            return 0
        portal.keeps_folder = True
        _say(f"SEED={seed}; what was printed, and the databases, are left in {portal.folder}")
        return 1


def _passes(asked: Round, url: str, *, seconds: int, seed: str) -> bool:
    bounds = ("--rate-limit", f"{CALLS_PER_SECOND}/s", "--max-time", str(seconds))
    options = ("--phases", asked.phases, "--seed", seed, *bounds)
    ran = ask(url, *options, key=asked.key, username=asked.username, wait=seconds + 120)
    _say(ran.stdout if ran.returncode else "\n".join(ran.stdout.splitlines()[-6:]))
    _say(f"{'pass' if ran.returncode == 0 else 'FAIL'}  {asked.name}")
    return ran.returncode == 0


def ask(url: str, *options: str, key: str, username: str = "", wait: float = 300) -> subprocess.CompletedProcess[str]:
    """Run schemathesis over the whole API at `url`, with a key or signed by a partner; at most `wait` seconds."""
    return subprocess.run(
        [
            *(str(Path(sys.executable).parent / "schemathesis"), "--config-file", str(HERE / "schemathesis.toml")),
            *("run", str(BASE / "docs" / "openapi.yaml"), "--url", url, "--continue-on-failure"),
            *("--request-timeout", "20", *options),
        ],
        cwd=BASE,
        env={
            **os.environ,
            "SCHEMATHESIS_HOOKS": "tests.fuzz.hooks",
            "FUZZ_KEY": key,
            "FUZZ_USERNAME": username,
            "NO_COLOR": "1",
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=wait,
        check=False,
    )


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
