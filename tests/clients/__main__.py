"""`make clients`: public client libraries of the Digiflazz protocol live their whole life against a real Konter.

They are installed by npm into a folder that is thrown away, pinned in `package.json`, and changed in nothing but the
address that they call. Each gets a Konter of its own: the whole price list is given once in five minutes. Without
node and npm it says so and does nothing. `ONLY=name` runs one.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.chaos.portal import Portal

HERE = Path(__file__).resolve().parent
THEIRS = "https://api.digiflazz.com/v1"
"""What stands in a library that lets nobody choose its address."""
FIXED_ADDRESS = ("digiflazz-sdk/index.js", "digiflazz-sdk/index.mjs")
CLIENTS = ("digiflazz", "digiflazz-sdk")
INSTALL = ("npm", "install", "--ignore-scripts", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error")
INSTALL_SECONDS = 180
LIFE_SECONDS = 300


def main() -> int:
    """Install, start, live, stop; exit code 1 when one of them could not live here."""
    missing = [tool for tool in ("node", "npm") if shutil.which(tool) is None]
    if missing:
        _say(f"skipped: {' and '.join(missing)} not found; the libraries are npm packages")
        return 0
    with tempfile.TemporaryDirectory(prefix="konter-clients-") as name:
        folder = Path(name)
        for path in (HERE / "package.json", *HERE.glob("*.mjs")):
            shutil.copy(path, folder)
        subprocess.run(INSTALL, cwd=folder, check=True, timeout=INSTALL_SECONDS)
        originals = {path: (folder / "node_modules" / path).read_text() for path in FIXED_ADDRESS}
        wanted = os.environ.get("ONLY", "")
        results = [_lives(client, folder, originals) for client in CLIENTS if wanted in client]
    return 0 if results and all(results) else 1


def _lives(client: str, folder: Path, originals: dict[str, str]) -> bool:
    with Portal() as portal:
        portal.start(seconds=300)
        address = f"http://127.0.0.1:{portal.port}"
        for path, text in originals.items():
            assert THEIRS in text, f"{path} holds another address now"
            (folder / "node_modules" / path).write_text(text.replace(THEIRS, f"{address}/h2h/digiflazz/v1"))
        command = ("node", "life.mjs", client, address)
        ran = subprocess.run(command, cwd=folder, check=False, timeout=LIFE_SECONDS)
        left = portal.stop()
    _say(f"{'pass' if ran.returncode == 0 and not left else 'FAIL'}  {client}")
    return ran.returncode == 0 and not left


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
