"""What the API's description allows is answered as described, and what it forbids is refused: the short seeded run.

`make fuzz` asks longer, at random, and against a Konter with everything that belongs to it.
"""

import pytest
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests import factories
from tests.fuzz.__main__ import ask
from transactions.api import bounds

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SEED = ("--seed", "20261124")


@pytest.mark.parametrize(
    ("phases", "examples", "is_signed"), [("examples,coverage", "10", True), ("fuzzing,stateful", "8", False)]
)
def test_every_answer_is_as_described(
    live_server: LiveServer,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    phases: str,
    examples: str,
    is_signed: bool,
) -> None:
    settings.OUTBOUND_ALLOW_NETWORKS = ["127.0.0.0/8"]
    monkeypatch.setattr(bounds, "STRANGERS_PER_MINUTE", 60_000)
    monkeypatch.setattr(bounds, "CALLS_PER_MINUTE", 60_000)
    shop = factories.shop(money=0)
    machine = factories.machine(shop.dealer)
    name = machine.partner.username if is_signed else ""
    options = ("--phases", phases, "--max-examples", examples, "--no-shrink", *SEED)
    ran = ask(live_server.url, *options, key=machine.key, username=name)
    assert ran.returncode == 0, ran.stdout[-6_000:] + ran.stderr[-2_000:]
    assert " passed" in ran.stdout
    assert machine.get("balance/").status_code == 200
