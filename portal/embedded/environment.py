"""What the embedded services tell and what they keep.

`services.env` says where the running services are, so that `manage.py` in another shell finds them; it goes
when they stop. `secrets.json` holds the passwords and keys made once for this home; it stays.
"""

import base64
import contextlib
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

FILE = "services.env"
SECRETS = "secrets.json"
ROLES = ("postgres", "konter_owner", "konter_app", "konter_audit")


class StartError(Exception):
    """The services cannot start; the message is a sentence for the person at the terminal."""


def read_environment(home: Path) -> dict[str, str]:
    """What the services running in this home wrote about themselves; empty if there are none."""
    try:
        text = (home / FILE).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return {}
    lines = (line.partition("=") for line in text.splitlines() if not line.startswith("#"))
    return {name: value for name, equals, value in lines if equals}


def write_environment(home: Path, values: Mapping[str, str]) -> None:
    """Tell the other programs of this project; only this user can read it."""
    write_private(home / FILE, "".join(f"{name}={value}\n" for name, value in values.items()))


def forget_environment(home: Path) -> None:
    """The services have stopped."""
    with contextlib.suppress(OSError):
        (home / FILE).unlink()


def keep_secrets(home: Path) -> dict[str, str]:
    """The passwords and keys of this home, made at the first call.

    Keys: each role's password, `SECRET_KEY`, and `KONTER_ENCRYPTION_KEYS` as `<8 hex digits>:<base64 of 32 bytes>`.
    Raises StartError when the file is there but cannot be read: new keys would make the old data unreadable.
    """
    path = home / SECRETS
    known: dict[str, str] = {}
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        pass
    except (OSError, ValueError) as error:
        raise StartError(f"The keys in {path} cannot be read ({error}). Restore that file from a copy.") from error
    made = {**_new_secrets(), **known}
    if made != known:
        write_private(path, json.dumps(made, indent=1))
    return made


def _new_secrets() -> dict[str, str]:
    key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    return {
        **{role: secrets.token_urlsafe(24) for role in ROLES},
        "SECRET_KEY": secrets.token_urlsafe(64),
        "KONTER_ENCRYPTION_KEYS": f"{secrets.token_hex(4)}:{key}",
    }


def write_private(path: Path, text: str) -> None:
    """Replace a file in one step, readable by this user only, and on the disk before it is named."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with contextlib.suppress(FileNotFoundError):
        draft.unlink()
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
