"""The script in the guides for partners does what they say, against a running portal."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from pytest_django.live_server_helper import LiveServer

from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
DOCS = Path(settings.BASE_DIR) / "docs"


@pytest.mark.parametrize("guide", ["partners.md", "partners.id.md"])
def test_the_scripts_whole_life_with_a_sandbox_key(live_server: LiveServer, tmp_path: Path, guide: str) -> None:
    machine = factories.machine(factories.shop(money=0).dealer, money=0, is_sandbox=True)
    found = re.search(r"```python\n(.*?)```", (DOCS / guide).read_text(), re.DOTALL)
    assert found is not None
    code = found[1]
    assert sum(1 for line in code.splitlines() if line.strip()) <= 40
    script = tmp_path / "partner.py"
    script.write_text(code)
    given = [f"{live_server.url}/api/v1", machine.key, "081234567890", "G-1"]
    run = subprocess.run([sys.executable, script, *given], capture_output=True, text=True, timeout=60, check=False)
    said = run.stdout.splitlines()
    assert run.returncode == 0, run.stderr
    assert said[0] == "balance 10000000"
    assert re.fullmatch(r"A 201 succeeded \d+", said[1])
    assert said[2] == said[1].replace("201", "200")
    assert said[3].startswith("B 201 failed")
    assert said[4] == "lines today 0"


def test_both_guides_tell_of_the_same_calls() -> None:
    english, indonesian = (
        set(re.findall(r"^\| `[^|]*\|", (DOCS / name).read_text(), re.MULTILINE))
        for name in ("partners.md", "partners.id.md")
    )
    assert len(english) >= 7
    assert english == indonesian
