"""The embedded services of one home, together: which there are, where they are, and a plain start and stop.

The supervisor takes the single servers and watches over them; tests and tools start and stop them here.
"""

import time
from pathlib import Path
from types import TracebackType
from typing import Self

from portal.embedded.account import unprivileged_account
from portal.embedded.environment import StartError, forget_environment, keep_secrets, write_environment
from portal.embedded.home import Home
from portal.embedded.postgres import Postgres
from portal.embedded.redis_server import Redis
from portal.processes import Child

Server = Postgres | Redis
START_LIMIT = 120
"""Seconds that a living server may take to become ready: a recovery after a crash can need more than ten."""


class Services:
    """PostgreSQL and Redis (or one of them) in `home`, which is locked from `open` to `close`."""

    def __init__(self, path: Path, *, postgres: bool = True, redis: bool = True, durable: bool = True) -> None:
        """Nothing is touched before `open`; `durable=False` is for data that is thrown away."""
        self.home = Home(path)
        self._wanted = (postgres, redis)
        self._durable = durable
        self.secrets: dict[str, str] = {}
        self.postgres: Postgres | None = None
        self.redis: Redis | None = None
        self._children: list[Child] = []

    def open(self) -> None:
        """Take the home. Raises StartError with a sentence."""
        with_postgres, with_redis = self._wanted
        account = unprivileged_account() if with_postgres else None
        self.home.open(account)
        self.secrets = keep_secrets(self.home.path)
        if with_postgres:
            self.postgres = Postgres(self.home, self.secrets, account, durable=self._durable)
        self.redis = Redis(self.home, durable=self._durable) if with_redis else None

    def close(self) -> None:
        """Give the home free; its servers have been stopped."""
        if self.home.is_open:
            forget_environment(self.home.path)
            self.home.close()

    @property
    def servers(self) -> list[Server]:
        """In the order in which they start."""
        return [server for server in (self.postgres, self.redis) if server is not None]

    def environment(self) -> dict[str, str]:
        """What other programs need in order to use them."""
        values = {name: self.secrets[name] for name in ("SECRET_KEY", "KONTER_ENCRYPTION_KEYS")}
        if self.postgres is not None:
            values["DATABASE_URL"] = self.postgres.url("konter_app")
            values["DATABASE_OWNER_URL"] = self.postgres.url("konter_owner")
            values["DATABASE_AUDIT_URL"] = self.postgres.url("konter_audit")
        if self.redis is not None:
            values["REDIS_URL"] = self.redis.url
        return values

    def start(self) -> None:
        """Take the home, start every server, wait until each is ready; output goes to `<name>.log` in the home."""
        self.open()
        self.start_servers()

    def start_servers(self) -> None:
        """The second half of `start`, for whoever puts something into the open home first."""
        try:
            for server in self.servers:
                server.prepare()
                with (self.home.path / f"{server.name}.log").open("ab") as log:
                    child = Child(server.process, output=log)
                self._children.append(child)
                self._wait(server, child)
                server.furnish()
        except BaseException:
            self.stop()
            raise
        write_environment(self.home.path, self.environment())

    def stop(self) -> None:
        """Stop what was started, last first, and give the home free."""
        for child in reversed(self._children):
            child.stop()
        self._children = []
        for server in self.servers:
            server.clean()
        self.close()

    def _wait(self, server: Server, child: Child) -> None:
        deadline = time.monotonic() + START_LIMIT
        while not server.is_ready():
            if child.has_ended() or time.monotonic() > deadline:
                log = self.home.path / f"{server.name}.log"
                ending = log.read_text(encoding="utf-8", errors="replace")[-2000:]
                raise StartError(f"{server.name} did not start ({child.how_it_ended()}):\n{ending}")
            time.sleep(0.02)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
