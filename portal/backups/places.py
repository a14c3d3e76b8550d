"""Which database is meant: the one that the environment names, or the embedded one of `$KONTER_HOME`.

The embedded one may be running (then it says where it is) or not (then a backup starts it for as long as it takes).
"""

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

from psycopg2 import extensions

from portal.backups.manifest import NoBackup
from portal.backups.taking import Source
from portal.embedded import read_environment
from portal.embedded.environment import keep_secrets
from portal.embedded.postgres import SUPERUSER
from portal.embedded.services import Services


def is_embedded(given: Mapping[str, str]) -> bool:
    """Whether the database is the one in `$KONTER_HOME`."""
    return not given.get("DATABASE_URL")


def own(given: Mapping[str, str], name: str) -> str:
    """A URL of one's own server. Raises NoBackup when it is missing."""
    url = given.get(name)
    if not url:
        raise NoBackup(
            f"DATABASE_URL is set but {name} is not: backups are read by konter_audit, and go back as owner."
        )
    return url


@contextlib.contextmanager
def source(given: Mapping[str, str], home: Path) -> Iterator[Source]:
    """What is to be backed up. Raises NoBackup or StartError with a sentence."""
    if not is_embedded(given):
        yield Source(
            auditor=own(given, "DATABASE_AUDIT_URL"), superuser="", keys=given.get("KONTER_ENCRYPTION_KEYS", "")
        )
        return
    if not (home / "secrets.json").exists():
        raise NoBackup(f"There is no Konter in {home}. Set KONTER_HOME to the folder in which yours keeps its data.")
    told = read_environment(home)
    if told.get("DATABASE_AUDIT_URL"):
        yield _embedded(told["DATABASE_AUDIT_URL"], home)
        return
    with Services(home, redis=False) as services:
        yield _embedded(services.environment()["DATABASE_AUDIT_URL"], home)


def _embedded(auditor: str, home: Path) -> Source:
    secrets = keep_secrets(home)
    words = extensions.parse_dsn(auditor) | {"user": SUPERUSER, "password": secrets[SUPERUSER]}
    host, port, name, password = (quote(words[word], safe="") for word in ("host", "port", "dbname", "password"))
    url = f"postgresql://{SUPERUSER}:{password}@/{name}?host={host}&port={port}"
    return Source(auditor=auditor, superuser=url, keys=secrets["KONTER_ENCRYPTION_KEYS"])
