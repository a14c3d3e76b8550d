"""The simulator as a process: killed and started again, it knows what it sold and goes on telling."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings

from portal.lib import outbound
from tests.transactions.suppliers.receiver import Receiver
from transactions.suppliers.base import Credentials, Outcome, TopUp
from transactions.suppliers.digiflazz import Digiflazz
from transactions.suppliers.simulator.accounts import demo_accounts

ROOT = Path(__file__).parents[3]


def start(home: Path, port: int) -> "subprocess.Popen[str]":
    environment = {**os.environ, "KONTER_HOME": str(home), "SIMULATOR_PORT": str(port), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "transactions.suppliers.simulator"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout is not None
    assert f"listening on http://127.0.0.1:{port}/v1" in process.stdout.readline()
    return process


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


@pytest.fixture
def connector(port: int) -> Iterator[Digiflazz]:
    account = demo_accounts()[0]
    with override_settings(OUTBOUND_ALLOW_NETWORKS=["127.0.0.0/8"]):
        yield Digiflazz(
            Credentials(
                supplier_id=1,
                dealer_id=1,
                name="A",
                base_url=f"http://127.0.0.1:{port}/v1",
                username=account.username,
                api_key=account.api_key,
                callback_secret=account.webhook_secret,
            )
        )


def ask(reference: str, destination: str, callback_url: str = "") -> TopUp:
    return TopUp(
        reference=reference,
        supplier_sku="TSEL10",
        destination=destination,
        max_price=11_000,
        not_after=time.monotonic() + 60,
        callback_url=callback_url,
    )


def test_killed_and_started_again_it_answers_the_stored_result(tmp_path: Path, port: int, connector: Digiflazz) -> None:
    process = start(tmp_path, port)
    try:
        first = connector.top_up(ask("R1", "081234567001"))
        failed = connector.top_up(ask("R2", "081234567232"))
        balance = connector.balance()
        process.send_signal(signal.SIGKILL)
        process.wait(5)
        process = start(tmp_path, port)
        assert connector.check(ask("R1", "081234567001")).sn == first.sn
        assert connector.check(ask("R2", "081234567232")).rc == failed.rc == "02"
        assert connector.balance() == balance
        log = json.loads(outbound.get(f"http://127.0.0.1:{port}/log").body)
        assert [line["ref"] for line in log] == ["R1"]
    finally:
        process.kill()
        process.wait(5)


def test_a_sale_that_was_pending_when_it_was_killed_ends_and_is_told(
    tmp_path: Path, port: int, connector: Digiflazz
) -> None:
    with Receiver() as receiver:
        process = start(tmp_path, port)
        try:
            assert connector.top_up(ask("R3", "081234567233", receiver.url)).outcome is Outcome.PENDING
            process.kill()
            process.wait(5)
            process = start(tmp_path, port)
            assert receiver.next().data["ref_id"] == "R3"
            assert connector.check(ask("R3", "081234567233")).outcome is Outcome.SUCCEEDED
        finally:
            process.kill()
            process.wait(5)


def test_an_account_that_refused_a_number_refuses_it_after_a_restart(
    tmp_path: Path, port: int, connector: Digiflazz
) -> None:
    process = start(tmp_path, port)
    try:
        connector.top_up(ask("R4", "081234567244"))
        process.kill()
        process.wait(5)
        process = start(tmp_path, port)
        assert connector.top_up(ask("R5", "081234567244")).rc == "53"
    finally:
        process.kill()
        process.wait(5)


def test_it_stops_at_once_when_asked_to(tmp_path: Path, port: int) -> None:
    process = start(tmp_path, port)
    process.send_signal(signal.SIGTERM)
    assert process.wait(5) == 0


def test_a_taken_port_is_a_sentence_and_an_exit_code(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        environment = {**os.environ, "KONTER_HOME": str(tmp_path), "SIMULATOR_PORT": str(taken.getsockname()[1])}
        command = [sys.executable, "-m", "transactions.suppliers.simulator"]
        ended = subprocess.run(
            command, env=environment, capture_output=True, text=True, cwd=ROOT, timeout=20, check=False
        )
    assert ended.returncode == 1
    assert "cannot listen" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_it_needs_no_django() -> None:
    code = "import sys, transactions.suppliers.simulator.__main__; print('django' in sys.modules)"
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=20, check=False
    )
    assert ended.stdout.strip() == "False"
