"""What `make run` starts, with which environment, and in which order it becomes ready.

Read from the environment only. Everything that can be wrong before the first process is started
(a taken port, a demo open to the world, half a database configuration) is one clear sentence.
"""

import itertools
import os
import socket
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from portal.embedded import StartError, certificates
from portal.lib import parent
from portal.processes import Process

_SECRETS = ("SECRET_KEY", "KONTER_ENCRYPTION_KEYS", "ALLOWED_HOSTS")
_NOT_AS_ROOT = "ignore:You're running the worker with superuser privileges"
BASE = Path(__file__).resolve().parent.parent
_GRACE = 4.0
_USUAL_PORTS = {"PORT": 8000, "TLS_PORT": 8443, "SIMULATOR_PORT": 8001}


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How this run was asked for."""

    home: Path
    host: str
    port: int
    tls_port: int
    simulator_port: int
    demo: bool
    embedded_postgres: bool
    embedded_redis: bool

    @property
    def address(self) -> str:
        """Where this machine reaches the web process: HOST, or the loopback address if it is "every address"."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(self.host, self.host)  # noqa: S104 compared


def read_plan(given: Mapping[str, str]) -> Plan:
    """The plan that the environment asks for.

    Raises StartError with a sentence when it contradicts itself.
    """
    embedded = not given.get("DATABASE_URL")
    for name in ("DATABASE_OWNER_URL", "DATABASE_AUDIT_URL"):
        if not embedded and not given.get(name):
            raise StartError(f"DATABASE_URL is set but {name} is not: set all three, or none to use the embedded one.")
    demo = (given.get("KONTER_DEMO") or ("1" if embedded else "0")).lower() in {"1", "true", "yes", "on"}
    host = given.get("HOST", "127.0.0.1")
    if demo and not _is_loopback(host) and given.get("KONTER_DEMO_PUBLIC") != "1":
        raise StartError(
            f"HOST is {host}, which others can reach, and the demo's passwords are public. "
            "Set KONTER_DEMO=0, or KONTER_DEMO_PUBLIC=1 if that is really wanted."
        )
    missing = [name for name in _SECRETS if not given.get(name)]
    if missing and not demo and not embedded:
        raise StartError(f"In production these must be set, and are not: {', '.join(missing)}.")
    ports = _ports(given, demo=demo)
    return Plan(
        home=Path(given.get("KONTER_HOME") or BASE / ".konter").absolute(),
        host=host,
        port=ports["PORT"],
        tls_port=ports["TLS_PORT"],
        simulator_port=ports["SIMULATOR_PORT"],
        demo=demo,
        embedded_postgres=embedded,
        embedded_redis=not given.get("REDIS_URL"),
    )


def check_ports(plan: Plan, *, patience: float = 2.0) -> None:
    """Raise StartError if a port is taken; one that a killed run still holds becomes free within seconds."""
    wanted = [("PORT", plan.host, plan.port), ("TLS_PORT", plan.host, plan.tls_port)]
    if plan.demo:
        wanted.append(("SIMULATOR_PORT", "127.0.0.1", plan.simulator_port))
    deadline = time.monotonic() + patience
    for name, host, port in wanted:
        while trouble := _cannot_listen(host, port):
            if time.monotonic() > deadline:
                raise StartError(
                    f"Port {port} on {host} cannot be used: {trouble}. "
                    f"Stop the program that uses it, or choose another one: {name}={port + 10} make run"
                )
            time.sleep(0.1)


def environment(plan: Plan, given: Mapping[str, str], services: Mapping[str, str]) -> dict[str, str]:
    """The environment of every program: what was given, then what the services say, then the plan."""
    home = plan.home
    values = {name: value for name, value in services.items() if not given.get(name)}
    if plan.embedded_postgres and _is_loopback(plan.host):
        values.setdefault("ALLOWED_HOSTS", given.get("ALLOWED_HOSTS") or f"localhost,127.0.0.1,[::1],{plan.host}")
    return {
        **given,
        **values,
        "HOST": plan.host,
        "PORT": str(plan.port),
        "TLS_PORT": str(plan.tls_port),
        "SIMULATOR_PORT": str(plan.simulator_port),
        "KONTER_HOME": str(home),
        "KONTER_PROBE_CA": given.get("KONTER_PROBE_CA") or str(certificates.files(home).authority),
        "KONTER_DEMO": "1" if plan.demo else "0",
        "PROMETHEUS_MULTIPROC_DIR": str(home / "metrics"),
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "PYTHONUNBUFFERED": "1",
        parent.SUPERVISED: str(os.getpid()),
    }


def told(plan: Plan, services: Mapping[str, str], everything: Mapping[str, str]) -> dict[str, str]:
    """What `services.env` says: what the services made themselves, and how they were started."""
    names = [*services, "ALLOWED_HOSTS", "KONTER_DEMO", "KONTER_PROBE_CA", "HOST", *_USUAL_PORTS]
    return {"KONTER_HOME": str(plan.home)} | {name: everything[name] for name in names if name in everything}


def preparations(plan: Plan, variables: Mapping[str, str], *, static: bool) -> list[Process]:
    """What runs once, in this order, before anything serves; `static` says whether files must be collected."""
    steps = [_manage("migrate", variables, "migrate", "--database", "owner", "--no-input", "--verbosity", "0")]
    if static:
        steps.append(_manage("static", variables, "collectstatic", "--no-input", "--verbosity", "0"))
    return [*steps, _manage("demo", variables, "demo")] if plan.demo else steps


def programs(plan: Plan, variables: Mapping[str, str]) -> list[Process]:
    """What runs all the time."""
    worker = [
        *("celery", "--quiet", "-A", "portal", "worker", "--beat", "--concurrency", "2", "--loglevel", "INFO"),
        *("--schedule", str(plan.home / "celerybeat-schedule"), "--hostname", "konter@%h"),
        *("--without-gossip", "--without-mingle"),
    ]
    running = [
        _module("web", variables, *_granian(plan.host, plan.port, workers=2)),
        _module("web-tls", variables, *_granian(plan.host, plan.tls_port, workers=1), *_tls(plan)),
        _manage("dispatcher", variables, "dispatcher"),
        _module("worker", {**variables, "PYTHONWARNINGS": _NOT_AS_ROOT}, *worker),
    ]
    simulator = _module("simulator", variables, "transactions.suppliers.simulator")
    return [simulator, *running] if plan.demo else running


def _granian(host: str, port: int, *, workers: int) -> list[str]:
    return [
        *("granian", "--interface", "wsgi", "portal.wsgi:application", "--host", host, "--port", str(port)),
        *("--workers", str(workers), "--blocking-threads", "4", "--blocking-threads-idle-timeout", "600", "--no-ws"),
        *("--respawn-failed-workers", "--respawn-interval", "0.5", "--workers-kill-timeout", "3"),
        *("--log-level", "warning"),
    ]


def _tls(plan: Plan) -> list[str]:
    """For a second granian, since each answers on one port: one worker (78 MiB), as who sells much has a proxy."""
    places = certificates.files(plan.home)
    return ["--ssl-certificate", str(places.chain), "--ssl-keyfile", str(places.key), "--ssl-protocol-min", "tls1.2"]


def _module(name: str, variables: Mapping[str, str], *arguments: str) -> Process:
    argv = [sys.executable, "-m", *arguments]
    return Process(name=name, argv=argv, environment=variables, folder=BASE, grace=_GRACE)


def _manage(name: str, variables: Mapping[str, str], *arguments: str) -> Process:
    argv = [sys.executable, "manage.py", *arguments]
    return Process(name=name, argv=argv, environment=variables, folder=BASE, grace=_GRACE)


def _ports(given: Mapping[str, str], *, demo: bool) -> dict[str, int]:
    ports = {name: _port(given, name, usual) for name, usual in _USUAL_PORTS.items()}
    used = [(name, port) for name, port in ports.items() if demo or name != "SIMULATOR_PORT"]
    for (one, port), (other, same) in itertools.combinations(used, 2):
        if port == same:
            raise StartError(f"{one} and {other} are both {port}; each needs a port of its own.")
    return ports


def _port(given: Mapping[str, str], name: str, usual: int) -> int:
    text = given.get(name) or str(usual)
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise StartError(f"{name} is {text!r}; it must be a number from 1 to 65535.")
    return int(text)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _cannot_listen(host: str, port: int) -> str:
    """Why nobody can listen there, or nothing."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            # A listener that shares its port (SO_REUSEPORT) shows only here.
            probe.listen(1)
    except OSError as error:
        return error.strerror or str(error)
    return ""
