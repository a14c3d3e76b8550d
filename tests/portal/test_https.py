"""The https port as `make run` starts it: the same pages, told to be https, forms accepted from their own pages."""

import http.client
import os
import socket
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest

from portal import plan as plans
from portal import running
from portal.embedded import certificates
from portal.lib.parent import SUPERVISED
from portal.plan import Plan
from portal.screen import Screen
from portal.supervisor import Kept, Supervisor
from tests.chaos.portal import free_ports

pytestmark = pytest.mark.slow
_TOKEN = "t" * 32


@dataclass(frozen=True)
class Served:
    """The running process, and how to ask it."""

    plan: Plan
    supervisor: Supervisor
    kept: Kept

    def ask(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, body: str = ""
    ) -> tuple[int, Mapping[str, str]]:
        context = ssl.create_default_context(cafile=certificates.files(self.plan.home).authority)
        connection = http.client.HTTPSConnection("localhost", self.plan.tls_port, timeout=10, context=context)
        try:
            connection.request(method, path, body=body, headers=dict(headers or {}))
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders())
        finally:
            connection.close()

    def switch_language(self, **headers: str) -> tuple[int, Mapping[str, str]]:
        form = {"Cookie": f"csrftoken={_TOKEN}", "Content-Type": "application/x-www-form-urlencoded"}
        fields = f"csrfmiddlewaretoken={_TOKEN}&language=en&next=/cek/"
        return self.ask("POST", "/bahasa/", headers=form | headers, body=fields)

    def is_up(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.plan.tls_port)) == 0 and self._answers()

    def _answers(self) -> bool:
        try:
            return self.ask("GET", "/healthz/live")[0] == 200
        except OSError:
            return False


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home = tmp_path_factory.mktemp("home")
    port, tls_port, simulator_port = map(str, free_ports(3))
    given = {"KONTER_HOME": str(home), "PORT": port, "TLS_PORT": tls_port, "SIMULATOR_PORT": simulator_port}
    plan = plans.read_plan(given)
    variables = plans.environment(plan, {**os.environ, **given}, {}) | {SUPERVISED: str(os.getpid())}
    (home / "metrics").mkdir()
    process = next(process for process in plans.programs(plan, variables) if process.name == "web-tls")
    kept = running._kept(process, plan)
    with (home / "printed").open("w") as printed, Supervisor(Screen(printed.fileno())) as supervisor:
        supervisor.keep([kept])
        served = Served(plan, supervisor, kept)
        assert supervisor.wait_for(served.is_up, seconds=30), (home / "printed").read_text()
        yield served


def test_a_page_is_served_over_tls_without_hsts_on_localhost(served: Served) -> None:
    status, headers = served.ask("GET", "/healthz/live")
    assert (status, "Strict-Transport-Security" in headers) == (200, False)


def test_a_client_that_does_not_trust_the_authority_gets_nothing(served: Served) -> None:
    where = ("127.0.0.1", served.plan.tls_port)
    with socket.create_connection(where, timeout=5) as plain, pytest.raises(ssl.SSLCertVerificationError):
        ssl.create_default_context().wrap_socket(plain, server_hostname="localhost")


def test_an_older_phone_with_tls_1_2_gets_in(served: Served) -> None:
    context = ssl.create_default_context(cafile=certificates.files(served.plan.home).authority)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with socket.create_connection(("127.0.0.1", served.plan.tls_port), timeout=5) as plain:
        secure = context.wrap_socket(plain, server_hostname="localhost")
        assert secure.version() == "TLSv1.2"
        secure.close()


def test_a_form_of_its_own_page_is_accepted_and_leads_on_within_https(served: Served) -> None:
    status, headers = served.switch_language(Origin=f"https://localhost:{served.plan.tls_port}")
    assert (status, headers["location"]) == (302, "/cek/")


@pytest.mark.parametrize("origin", ["https://evil.example", "https://localhost:1", "null"])
def test_a_form_of_another_page_is_refused(served: Served, origin: str) -> None:
    assert served.switch_language(Origin=origin, Accept="application/json")[0] == 403


def test_a_certificate_that_went_bad_is_made_again_before_the_next_start(served: Served) -> None:
    places = certificates.files(served.plan.home)
    places.chain.write_text("damaged")
    child = served.kept.child
    assert child is not None
    child.kill_group()
    assert served.supervisor.wait_for(served.is_up, seconds=30)
    assert served.kept.child is not child
