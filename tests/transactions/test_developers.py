"""The page for partners' developers says what the code does, in both dialects; its samples buy something."""

import ast
import re
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from dealers.authentication import No
from portal.lib import trouble
from portal.templatetags.words import span
from tests import factories
from tests.factories import Shop
from transactions import digiflazz_words, sandbox, webhook_calls
from transactions.views import developer_facts as facts

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    return factories.shop(money=0)


def page(shop: Shop, **query: str) -> str:
    answer = Client().get(reverse("developers", args=[shop.dealer.slug]), query)
    assert answer.status_code == 200
    return answer.content.decode()


def sample(text: str, number: int) -> str:
    found = re.search(rf'id="sample-{number}"[^>]*>(.*?)</pre>', text, re.DOTALL)
    assert found is not None
    return unescape(found[1])


def test_every_ending_of_the_sandbox_is_listed(shop: Shop) -> None:
    shown = page(shop)
    for end in sandbox.ENDINGS:
        assert f"<code>{facts.TRIED[:-3]}{end}</code>" in re.sub(r"\s+(?=</?code>)|(?<=<code>)\s+", "", shown)


def test_every_code_of_the_digiflazz_dialect_is_listed_with_what_we_say(shop: Shop) -> None:
    shown = page(shop, dialek="digiflazz")
    for words in digiflazz_words.MESSAGES.values():
        assert words in unescape(shown)
    assert not [code for code in facts.codes() if code.rc == "02" and not code.has_record]


def test_a_code_with_a_record_is_what_the_protocol_says() -> None:
    found = {code.rc: (code.status, code.has_record) for code in facts.codes()}
    assert (found["00"], found["03"]) == (("Sukses", True), ("Pending", True))
    assert (found["44"], found["69"]) == (("Gagal", False), ("Gagal", False))


def test_every_code_of_a_problem_is_in_the_table() -> None:
    """Those that the exception handler gives, of the authentication, and of DRF itself."""
    source = (Path(settings.BASE_DIR) / "transactions/api/native/problems.py").read_text()
    given = {str(no) for no in No}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"web.problem", "_field"}:
            given |= {str(arg.value) for arg in node.args[1:2] if isinstance(arg, ast.Constant)}
    table = {problem.code for problem in facts.PROBLEMS}
    assert len(given) > 15
    assert given <= table
    ours = {"malformed", "method_not_allowed", "not_acceptable", "unsupported_media_type", "too_large"}
    assert table - given == ours | {"too_many_requests", "internal_error", trouble.UNREACHABLE.code}


def test_the_pauses_are_those_of_the_dispatcher(shop: Shop) -> None:
    shown = re.search(r'<ol class="pauses">(.*?)</ol>', page(shop), re.DOTALL)
    assert shown is not None
    said = re.findall(r"<li>(.*?)</li>", shown[1])
    assert said == [span(pause.total_seconds()) for pause in webhook_calls.PAUSES]


def test_no_key_is_asked_for_by_a_form_that_could_send_it(shop: Shop) -> None:
    for dialect in ("native", "digiflazz"):
        fields = re.findall(r"<(?:input|textarea)[^>]*>", page(shop, dialek=dialect).split('<main id="main"')[1])
        own = [field for field in fields if "data-part" in field or "data-instead" in field]
        assert own
        assert not [field for field in own if " name=" in field]


def test_an_unknown_dialect_is_the_ordinary_one(shop: Shop) -> None:
    assert "/api/v1/" in sample(page(shop, dialek="x"), 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("dialect", "number", "program", "said"),
    [
        ("native", 1, ["bash", "-c"], '"status":"succeeded"'),
        ("native", 2, [sys.executable, "-c"], "succeeded 9"),
        ("digiflazz", 1, ["bash", "-c"], '"rc":"00"'),
        ("digiflazz", 2, [sys.executable, "-c"], "Sukses 00 9"),
    ],
)
def test_the_samples_buy_with_a_sandbox_key(
    live_server: LiveServer, settings: Settings, dialect: str, number: int, program: list[str], said: str
) -> None:
    settings.KONTER_BASE_URL = live_server.url
    shop = factories.shop(money=0)
    machine = factories.machine(shop.dealer, money=0, is_sandbox=True)
    code = sample(page(shop, dialek=dialect), number)
    code = code.replace("YOUR_TEST_KEY", machine.key).replace("YOUR_USERNAME", machine.partner.username)
    run = subprocess.run([*program, code], capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 0, run.stderr
    assert said in run.stdout.replace('": ', '":')
