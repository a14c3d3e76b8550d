"""What can be wrong before anything starts is one clear sentence."""

import socket
from pathlib import Path

import pytest

from portal import plan, running
from portal.embedded import StartError, certificates
from portal.embedded.home import Home

EXTERNAL = {"DATABASE_URL": "a", "DATABASE_OWNER_URL": "b", "DATABASE_AUDIT_URL": "c"}
SECRETS = {"SECRET_KEY": "a", "KONTER_ENCRYPTION_KEYS": "b", "ALLOWED_HOSTS": "c"}


def test_embedded_services_mean_the_demo() -> None:
    found = plan.read_plan({})
    assert (found.demo, found.embedded_postgres, found.embedded_redis) == (True, True, True)


def test_a_database_of_ones_own_means_no_demo() -> None:
    assert not plan.read_plan({**EXTERNAL, **SECRETS}).demo


def test_half_a_database_configuration_is_refused() -> None:
    with pytest.raises(StartError, match="DATABASE_OWNER_URL"):
        plan.read_plan({"DATABASE_URL": "postgresql://somewhere/"})


def test_production_without_secrets_is_refused_and_says_which() -> None:
    with pytest.raises(StartError, match="SECRET_KEY, ALLOWED_HOSTS"):
        plan.read_plan({**EXTERNAL, "KONTER_ENCRYPTION_KEYS": "b"})


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "konter.example"])
def test_a_demo_that_others_can_reach_is_refused(host: str) -> None:
    with pytest.raises(StartError, match="KONTER_DEMO_PUBLIC"):
        plan.read_plan({"HOST": host})


def test_a_demo_that_others_can_reach_is_possible_when_said_so() -> None:
    assert plan.read_plan({"HOST": "0.0.0.0", "KONTER_DEMO_PUBLIC": "1"}).demo


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    with pytest.raises(StartError, match="PORT"):
        plan.read_plan({"PORT": port})


def test_no_demo_starts_no_simulator() -> None:
    names = [process.name for process in plan.programs(plan.read_plan({"KONTER_DEMO": "0"}), {})]
    assert names == ["web", "web-tls", "dispatcher", "worker"]


def test_what_is_given_goes_before_what_the_services_made() -> None:
    variables = plan.environment(plan.read_plan({}), {"SECRET_KEY": "given"}, {"SECRET_KEY": "made", "REDIS_URL": "r"})
    assert (variables["SECRET_KEY"], variables["REDIS_URL"]) == ("given", "r")


def test_a_taken_port_is_named_with_the_way_out(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        asked = plan.read_plan({"PORT": str(port), "KONTER_HOME": str(tmp_path)})
        with pytest.raises(StartError, match=rf"Port {port} .*PORT={port + 10} make run"):
            plan.check_ports(asked, patience=0)


def test_a_taken_tls_port_is_named_with_the_way_out(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, socket.create_server(("127.0.0.1", 0)) as free:
        port, tls_port = str(free.getsockname()[1]), taken.getsockname()[1]
        free.close()
        asked = plan.read_plan({"PORT": port, "TLS_PORT": str(tls_port), "KONTER_HOME": str(tmp_path)})
        with pytest.raises(StartError, match=rf"Port {tls_port} .*TLS_PORT={tls_port + 10} make run"):
            plan.check_ports(asked, patience=0)


def test_two_programs_on_one_port_are_refused_before_one_of_them_fails() -> None:
    with pytest.raises(StartError, match="PORT and TLS_PORT are both 8443"):
        plan.read_plan({"PORT": "8443"})


def test_the_port_of_a_simulator_that_is_not_started_is_free_for_others() -> None:
    assert plan.read_plan({"PORT": "8001", "KONTER_DEMO": "0"}).port == 8001


def test_every_program_trusts_the_authority_of_the_home(tmp_path: Path) -> None:
    asked = plan.read_plan({"KONTER_HOME": str(tmp_path)})
    variables = plan.environment(asked, {}, {})
    assert variables["KONTER_PROBE_CA"] == str(certificates.keep(tmp_path, asked.host).authority)
    assert all(process.environment is variables for process in plan.programs(asked, variables)[:4])


def test_an_authority_of_ones_own_is_kept() -> None:
    variables = plan.environment(plan.read_plan({}), {"KONTER_PROBE_CA": "/own.pem"}, {})
    assert variables["KONTER_PROBE_CA"] == "/own.pem"


def test_a_home_in_use_ends_the_second_run_with_a_sentence(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    holder = Home(tmp_path / "home")
    holder.open()
    assert running.run({"KONTER_HOME": str(tmp_path / "home")}) == 1
    assert "Konter already runs" in capfd.readouterr().out
    holder.close()
