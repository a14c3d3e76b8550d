"""The web server as it runs in production, on the tests' database: what browsers really get over the wire."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_PATIENCE_SECONDS = 60


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Collect the static files into `folder`, serve, and give the address."""
    environment = {**os.environ, "STATIC_ROOT": str(folder), "DJANGO_SETTINGS_MODULE": "portal.settings"}
    collect = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
    subprocess.run(collect, cwd=ROOT, env=environment, check=True, timeout=_PATIENCE_SECONDS)
    port = _free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "portal.wsgi:application"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--workers", "1", "--no-ws", "--log-level", "warning"]
    server = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        address = f"http://127.0.0.1:{port}"
        _wait(server, f"{address}/healthz/live")
        yield address
    finally:
        server.terminate()
        server.wait(20)


def _wait(server: subprocess.Popen[bytes], address: str) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(f"granian does not answer at {address}, exit code {server.poll()}")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port
