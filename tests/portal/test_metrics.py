"""The counts are for whoever has the token, and one worker answers for all of them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from portal.lib import meters

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def client(settings: Settings) -> Client:
    settings.MIDDLEWARE = []
    settings.METRICS_TOKEN = "let-me-see"
    return Client()


def test_with_the_token_the_counts_are_prometheus_text(client: Client) -> None:
    meters.callbacks.labels("test-source", "forged").inc()
    answer = client.get("/metrics", headers={"authorization": "Bearer let-me-see"})
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain")
    assert 'konter_callbacks_total{result="forged",source="test-source"} 1.0' in answer.content.decode()


@pytest.mark.parametrize("header", ["", "Bearer wrong", "Basic let-me-see"])
def test_without_the_token_there_is_nothing_to_see(client: Client, header: str) -> None:
    answer = client.get("/metrics", headers={"authorization": header})
    assert answer.status_code == 401
    assert b"konter_" not in answer.content


def test_where_no_token_is_set_there_is_no_such_page(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers={"authorization": "Bearer "}).status_code == 404


def _python(source: str, folder: Path) -> str:
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(folder)}
    done = subprocess.run(
        [sys.executable, "-c", source],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout


_COUNT = "from portal.lib import meters; meters.orders_placed.labels('cash').inc(); meters.dispatcher_lag.set(99)"
_SHOW = """
from django.conf import settings
settings.configure(METRICS_TOKEN='x')
from portal import metrics
from portal.lib import meters
meters.orders_placed.labels('cash').inc()
meters.dispatcher_lag.set(3)
print(metrics.text().decode())
"""


def test_counts_of_dead_processes_stay_and_their_gauges_go(tmp_path: Path) -> None:
    folder = tmp_path / "counts"
    _python(_COUNT, folder)
    _python(_COUNT, folder)
    shown = _python(_SHOW, folder)
    assert 'konter_orders_placed_total{gateway="cash"} 3.0' in shown
    assert "konter_dispatcher_lag_seconds 3.0" in shown
    assert len(list(folder.glob("gauge_live*.db"))) == 1
