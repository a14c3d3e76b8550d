"""PostgreSQL refuses to run as root: who runs it then, and what that account can reach.

The kernel is asked (by running a small command as the account) rather than reasoned about: modes, access lists,
user namespaces and security modules all have a say.
"""

import os
import pwd
from pathlib import Path

from portal.embedded.environment import StartError
from portal.processes import Account, Process, run


def unprivileged_account() -> Account | None:
    """Who PostgreSQL runs as: None (ourselves) unless we are root.

    Raises StartError when this machine has no account that root may change to.
    """
    if os.geteuid() != 0:
        return None
    entries = sorted(pwd.getpwall(), key=lambda entry: (entry.pw_name != "nobody", entry.pw_uid))
    for entry in entries:
        account = Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
        if account.uid != 0 and _can(account, "true"):
            return account
    raise StartError("PostgreSQL refuses to run as root, and no other account can be used. Run as an ordinary user.")


def can_enter(account: Account | None, folder: Path) -> bool:
    """Whether the account (None: ourselves) can make the folder its working directory."""
    return account is None or _can(account, 'cd -- "$1"', str(folder))


def can_run_postgres(account: Account | None, installed: Path) -> bool:
    """Whether the account can run the binaries in `installed` (…/pginstall18) and read what lies beside them."""
    postgres, catalogue = installed / "bin/postgres", installed / "share/postgresql/postgres.bki"
    return account is None or _can(account, '"$1" --version && test -r "$2"', str(postgres), str(catalogue))


def _can(account: Account, script: str, *arguments: str) -> bool:
    argv = ["/bin/sh", "-c", script, "sh", *arguments]
    process = Process(name="sh", argv=argv, environment={"PATH": os.defpath}, account=account)
    try:
        return run(process, timeout=20)[0] == 0
    except OSError:  # not even allowed to become that account
        return False
