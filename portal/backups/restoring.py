"""Bringing a backup back: beside what is there, proven, and only then in its place.

The embedded database is built in a home inside the home and moved at the end; on one's own server the schema that is
there is renamed and renamed back when anything fails. What was replaced is kept in both cases, for a person to remove.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.db.migrations.loader import MigrationLoader
from psycopg2 import sql

from portal.backups import database, manifest, places, tools, unpacking
from portal.backups.manifest import Kind, Manifest, NoBackup
from portal.backups.taking import DUMP
from portal.embedded.account import unprivileged_account
from portal.embedded.environment import keep_secrets, read_environment
from portal.embedded.home import Home
from portal.embedded.postgres import Postgres
from portal.embedded.services import Services

_BASE = Path(__file__).resolve().parent.parent.parent
_PROOFS_WITHIN = 6 * 3600
Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is to be restored, and what was said to be meant."""

    folder: Path
    replace: bool
    without_keys: bool
    say: Say


def restore(wanted: Wanted, given: Mapping[str, str], home: Path) -> Manifest:
    """Restore, migrate, rebuild the roll-ups, audit; what was restored. `given` is the environment.

    Raises NoBackup or StartError with a sentence, and what was there is as it was: a running portal is refused too.
    """
    folder = wanted.folder if wanted.folder.is_dir() else wanted.folder.parent
    taken = manifest.read(folder)
    with _timed(wanted.say, f"{taken.size / 1e6:.1f} MB read and compared with the manifest"):
        manifest.verify(folder, taken)
    _can_be_served(taken)
    embedded = places.is_embedded(given)
    if not wanted.without_keys:
        _has_keys(taken, given.get("KONTER_ENCRYPTION_KEYS") or (_keys(home) if embedded else ""))
    if embedded:
        _into_home(wanted, taken, folder, home)
    else:
        _into_server(wanted, taken, folder, given)
    return taken


def _can_be_served(taken: Manifest) -> None:
    known = {f"{app}.{name}" for app, name in MigrationLoader(None, ignore_no_migrations=True).disk_migrations}
    newer = sorted(set(taken.migrations) - known)
    if newer:
        raise NoBackup(
            f"The backup was made by a newer Konter ({taken.konter}): this one does not know {', '.join(newer[:3])}. "
            "Restore it with that version."
        )


def _has_keys(taken: Manifest, keys: str) -> None:
    missing = sorted(set(taken.keys) - set(manifest.key_ids(keys)))
    if missing:
        raise NoBackup(
            f"The encryption key {', '.join(missing)} is not here: what suppliers' accounts are reached with could not "
            "be read. Put back secrets.json (or KONTER_ENCRYPTION_KEYS), or restore with --without-keys and enter "
            "those secrets anew."
        )


def _keys(home: Path) -> str:
    return keep_secrets(home)["KONTER_ENCRYPTION_KEYS"] if (home / "secrets.json").exists() else ""


def _into_home(wanted: Wanted, taken: Manifest, folder: Path, path: Path) -> None:
    account = unprivileged_account()
    home = Home(path)
    home.open(account)  # refuses while a portal runs, and keeps one from starting
    try:
        secrets = keep_secrets(path)
        old = Postgres(home, secrets, account).data
        if old.exists() and not wanted.replace:
            raise NoBackup(
                f"There is a database in {old}. Everything in it that is newer than {_moment(taken)} would be missing. "
                "If that is meant, say --replace: it is put aside, not deleted."
            )
        draft = path / "restoring"
        with contextlib.suppress(FileNotFoundError):
            _forget(draft)
        draft.mkdir(mode=0o711 if account else 0o700)
        shutil.copy(path / "secrets.json", draft / "secrets.json")
        services = Services(draft, redis=False)
        try:
            _build(services, wanted, taken, folder)
            assert services.postgres is not None  # noqa: S101 asked for
            _swap(services.postgres.data, old, wanted.say)
        finally:
            services.stop()
            _forget(draft)
    finally:
        home.close()


def _build(services: Services, wanted: Wanted, taken: Manifest, folder: Path) -> None:
    """The restored database in a home of its own, proven and stopped again."""
    services.open()
    assert services.postgres is not None  # noqa: S101 asked for
    if taken.kind == Kind.BASE:
        with _timed(wanted.say, "files unpacked and checked against PostgreSQL's own manifest"):
            unpacking.unpack(folder, services.postgres, major=taken.postgres)
    with _timed(wanted.say, "PostgreSQL started" + (" and recovered" if taken.kind == Kind.BASE else "")):
        services.start_servers()
    told = read_environment(services.home.path)
    if taken.kind == Kind.DUMP:
        _load(told["DATABASE_OWNER_URL"], told["DATABASE_AUDIT_URL"], taken, folder, wanted.say)
    environment = {**os.environ, **told, "KONTER_HOME": str(services.home.path)}
    _prove(environment | {"ALLOWED_HOSTS": environment.get("ALLOWED_HOSTS") or "localhost"}, taken, wanted.say)
    services.stop()


def _swap(new: Path, old: Path, say: Say) -> None:
    """Put the new data directory where the old one was; a kill in between leaves both to be renamed by hand."""
    aside = old.with_name(f"replaced-{datetime.now(UTC):%Y%m%dT%H%M%SZ}") if old.exists() else None
    if aside:
        old.rename(aside)
    try:
        old.parent.mkdir(exist_ok=True)
        shutil.copystat(new.parent, old.parent)
        owner = new.parent.stat()
        os.chown(old.parent, owner.st_uid, owner.st_gid)
        new.rename(old)
    except OSError as error:
        if aside:
            aside.rename(old)
        raise NoBackup(f"The restored database cannot be moved to {old}: {error.strerror}") from error
    if aside:
        say(f"the database that was there is kept in {aside}; remove it when you do not need it any more")


def _forget(draft: Path) -> None:
    """Remove the home inside the home, and the folder elsewhere that its database may have had."""
    with contextlib.suppress(OSError):
        elsewhere = Path((draft / "postgres.path").read_text(encoding="utf-8"))
        if (elsewhere / "home").read_text(encoding="utf-8").startswith(f"{draft}\n"):
            shutil.rmtree(elsewhere)
    shutil.rmtree(draft)


def _into_server(wanted: Wanted, taken: Manifest, folder: Path, given: Mapping[str, str]) -> None:
    if taken.kind == Kind.BASE:
        raise NoBackup("A base backup goes back into the embedded database only; into your own server goes a dump.")
    owner, auditor = places.own(given, "DATABASE_OWNER_URL"), places.own(given, "DATABASE_AUDIT_URL")
    aside, is_empty = _make_room(owner, taken, replace=wanted.replace)
    try:
        _load(owner, auditor, taken, folder, wanted.say)
        _prove(dict(given), taken, wanted.say)
    except BaseException:
        _give_back(owner, aside)
        raise
    if is_empty:
        with database.connected(owner) as cursor:
            cursor.execute(sql.SQL("DROP SCHEMA {}").format(sql.Identifier(aside)))
    else:
        wanted.say(f"what was there is kept in the schema {aside}; to remove it: DROP SCHEMA {aside} CASCADE")


def _make_room(owner: str, taken: Manifest, *, replace: bool) -> tuple[str, bool]:
    """A new schema `public`; the name under which the one that was there is kept, and whether it is empty."""
    with database.connected(owner) as cursor:
        if running := database.serving(cursor):
            raise NoBackup(f"A portal is using this database ({running} connections of konter_app). Stop it first.")
        found = database.holds(cursor)
        if found and not replace:
            raise NoBackup(
                f"The database holds {found}. Everything in it that is newer than {_moment(taken)} would be missing. "
                "If that is meant, say --replace: it is put aside, not deleted."
            )
        aside = f"replaced_{datetime.now(UTC):%Y%m%dt%H%M%S}"
        cursor.execute(sql.SQL("ALTER SCHEMA public RENAME TO {}").format(sql.Identifier(aside)))
        cursor.execute("CREATE SCHEMA public")
        return aside, not found


def _give_back(owner: str, aside: str) -> None:
    """Take away what was half restored, and put back what was there."""
    with database.connected(owner) as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute(sql.SQL("ALTER SCHEMA {} RENAME TO public").format(sql.Identifier(aside)))


def _load(owner: str, auditor: str, taken: Manifest, folder: Path, say: Say) -> None:
    """As the owner, in one transaction: all of it or nothing."""
    with _timed(say, "dump loaded"):
        with database.connected(owner) as cursor:
            major, _ = database.identity(cursor)
        if major < taken.postgres:
            raise NoBackup(f"The dump is of PostgreSQL {taken.postgres}, and this server is {major}: use a newer one.")
        arguments = ("--exit-on-error", "--single-transaction", str(folder / DUMP))
        tools.call(tools.find("pg_restore", major=major), *arguments, dsn=owner)
    with _timed(say, f"{sum(taken.rows.values())} rows in {len(taken.rows)} tables counted"):
        with database.connected(auditor) as cursor:
            found = database.rows(cursor)
        wrong = sorted(table for table in {*found, *taken.rows} if found.get(table) != taken.rows.get(table))
        if wrong:
            raise NoBackup(f"After the restore these tables have another number of rows: {', '.join(wrong)}.")


def _prove(environment: dict[str, str], taken: Manifest, say: Say) -> None:
    """Bring the tables up to this version, count the roll-ups anew, and audit as of the backup's moment."""
    for what, arguments in (
        ("migrated", ("migrate", "--database", "owner", "--no-input", "--verbosity", "0")),
        ("roll-ups rebuilt", ("rollup", "--rebuild")),
        ("audit: every invariant holds", ("audit_ledger", "--as-of", taken.moment.isoformat(), "--simulator", "")),
    ):
        with _timed(say, what):
            ran = subprocess.run(
                [sys.executable, "manage.py", *arguments],
                cwd=_BASE,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=_PROOFS_WITHIN,
                check=False,
            )
            if ran.returncode != 0:
                raise NoBackup(f"{arguments[0]} failed:\n{(ran.stdout + ran.stderr).strip()[-3000:]}")
    with database.connected(environment["DATABASE_AUDIT_URL"]) as cursor:
        say(f"restored: {database.holds(cursor)}")


@contextlib.contextmanager
def _timed(say: Say, what: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    say(f"{(time.monotonic() - began) / 60:6.2f} min  {what}")


def _moment(taken: Manifest) -> str:
    return f"{taken.moment:%Y-%m-%d %H:%M:%S %Z}"
