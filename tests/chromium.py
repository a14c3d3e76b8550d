"""Debian's Chromium, as every browser test starts it; Playwright's own download is never used."""

import os
from pathlib import Path

from playwright.sync_api import ViewportSize

CHROME = Path(os.environ.get("CHROME_BIN", "/usr/bin/chromium"))
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking"]
PHONE: ViewportSize = {"width": 360, "height": 740}
