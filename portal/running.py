"""The whole of `make run`, from an empty folder to a shop that answers, and back to nothing."""

import contextlib
import http.client
import os
import shutil
import signal
import ssl
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from portal import collected
from portal import plan as plans
from portal.embedded import StartError, certificates
from portal.embedded.environment import write_environment
from portal.embedded.services import START_LIMIT, Server, Services
from portal.lib import parent
from portal.plan import Plan
from portal.processes import Process, kill, started_with, wait_until
from portal.screen import Screen
from portal.supervisor import Kept, Stopped, Supervisor

_PEOPLE = "admin@konter.test, owner@berkah-cell.test, cashier@berkah-cell.test, budi@contoh.test"


def run(given: Mapping[str, str]) -> int:
    """Run everything until asked to stop; the exit code. `given` is the environment."""
    screen = Screen(sys.stdout.fileno())
    services: Services | None = None
    try:
        with Supervisor(screen) as supervisor, contextlib.suppress(Stopped):
            plan = plans.read_plan(given)
            services = Services(plan.home, postgres=plan.embedded_postgres, redis=plan.embedded_redis)
            services.open()
            _end_earlier_run(plan)
            plans.check_ports(plan)
            _bring_up(supervisor, plan, services, given)
            supervisor.watch()
    except StartError as error:
        screen.line("konter", f"cannot run: {error}")
        return 1
    finally:
        if services is not None:
            for server in services.servers:
                server.clean()
            services.close()
    screen.line("konter", "everything has stopped")
    return 0


def _bring_up(supervisor: Supervisor, plan: Plan, services: Services, given: Mapping[str, str]) -> None:
    began = time.monotonic()
    _start_servers(supervisor, services.servers)
    certificates.keep(plan.home, plan.host)
    told = services.environment()
    variables = plans.environment(plan, given, told)
    write_environment(plan.home, plans.told(plan, told, variables))
    shutil.rmtree(plan.home / "metrics", ignore_errors=True)
    (plan.home / "metrics").mkdir()
    sources = collected.fingerprint()
    for process in plans.preparations(plan, variables, static=not collected.is_current(plan.home, sources)):
        code = supervisor.once(process, seconds=600)
        if code != 0:
            raise StartError(f"{process.name} failed with exit code {code}; its lines above say why.")
    collected.remember(plan.home, sources)
    supervisor.keep([_kept(process, plan) for process in plans.programs(plan, variables)])
    while not supervisor.wait_for(lambda: _both_ready(plan), seconds=15):
        supervisor.say("the web processes are not ready yet; the lines above may say why")
    _welcome(supervisor, plan, time.monotonic() - began)


def _kept(process: Process, plan: Plan) -> Kept:
    def renew() -> None:
        certificates.keep(plan.home, plan.host)

    return Kept(process=process, before_start=renew) if process.name == "web-tls" else Kept(process=process)


def _both_ready(plan: Plan) -> bool:
    authority = certificates.files(plan.home).authority
    return is_ready(plan.address, plan.port) and is_ready(plan.address, plan.tls_port, authority=authority)


def _start_servers(supervisor: Supervisor, servers: list[Server]) -> None:
    for server in servers:
        server.prepare()
    stage = [Kept(process=server.process, before_start=server.prepare) for server in servers]
    supervisor.keep(stage)
    for server, kept in zip(servers, stage, strict=True):
        _wait_until_ready(supervisor, server, kept)
        server.furnish()


def _wait_until_ready(supervisor: Supervisor, server: Server, kept: Kept) -> None:
    deadline = time.monotonic() + START_LIMIT

    def settled() -> bool:
        return server.is_ready() or kept.failures >= 5

    while not supervisor.wait_for(settled, seconds=5):
        if time.monotonic() > deadline:
            break
        supervisor.say(f"{server.name} is not ready yet; a recovery after a crash can take a minute")
    if not server.is_ready():
        raise StartError(f"{server.name} does not start; its lines above say why.")


def _end_earlier_run(plan: Plan) -> None:
    """We hold the lock of this home, so programs that carry its mark are what a killed run left."""
    marks = {parent.SUPERVISED: "", "KONTER_HOME": str(plan.home)}
    kill(started_with(marks), signal.SIGKILL)
    wait_until(lambda: not started_with(marks), seconds=3)


def is_ready(address: str, port: int, *, authority: Path | None = None) -> bool:
    """Whether the web process that listens there (over TLS, if an authority is to be trusted) says that it can work."""
    try:
        connection = _connection(address, port, authority)
    except OSError:
        return False
    try:
        connection.request("GET", "/healthz/ready", headers={"Host": "localhost"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _connection(address: str, port: int, authority: Path | None) -> http.client.HTTPConnection:
    if authority is None:
        return http.client.HTTPConnection(address, port, timeout=2)
    context = ssl.create_default_context(cafile=authority)
    return http.client.HTTPSConnection(address, port, timeout=2, context=context)


def _welcome(supervisor: Supervisor, plan: Plan, seconds: float) -> None:
    shown = plan.address if ":" not in plan.address else f"[{plan.address}]"
    name = "localhost" if shown == "127.0.0.1" else shown
    base = f"http://{name}:{plan.port}"
    supervisor.say(f"ready after {seconds:.1f} s: {base}/")
    supervisor.say(f"with TLS       https://{name}:{plan.tls_port}/ (trust {certificates.files(plan.home).authority})")
    if plan.demo:
        supervisor.say(f"buy pulsa      {base}/k/berkah-cell/")
        supervisor.say(f"sell (desk)    {base}/desk/")
        supervisor.say(f"e-mails        {base}/demo/surat/")
        supervisor.say(f"supplier's log http://localhost:{plan.simulator_port}/log")
        supervisor.say(f"sign in with the password konter-demo as {_PEOPLE}")
    supervisor.say(f"stop with Ctrl-C (process {os.getpid()})")
