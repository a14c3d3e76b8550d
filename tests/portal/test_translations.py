"""The checker of the English catalogue: it finds every message, and every way in which a catalogue is not whole."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polib
import pytest
from django.utils import translation

from tests import translations

CODE = """
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, npgettext, pgettext

TITLE = gettext_lazy("Halaman")


def words(n):
    # Translators: said at the counter
    said = _("Halo %(name)s")
    direction = pgettext("mutasi", "Masuk")
    return said, direction, ngettext("%(n)s menit", "%(n)s menit", n), npgettext("waktu", "%s jam", "%s jam", n)
"""
PAGE = """{% load i18n %}
<ul>
    <li>{% translate "Simpan" %}</li>
  <li title="{% translate "Masuk" context "pintu" %}">{{ name|default:_("semua merek") }}</li>
  {% blocktranslate trimmed count n=orders with shop=dealer.name %}
      {{ n }} pesanan
      di {{ shop }}
  {% plural %}
      {{ n }} pesanan
      di {{ shop }}
  {% endblocktranslate %}
</ul>
"""


@dataclass
class Project:
    """A small tree of sources and its catalogue."""

    base: Path

    def write(self, name: str, text: str) -> None:
        """Write a source."""
        path = self.base / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    @property
    def path(self) -> Path:
        """Where the catalogue stands."""
        return self.base / translations.CATALOGUE

    def edit(self, change: Callable[[polib.POFile], None], *, compile_it: bool = True) -> None:
        """What a translator does to the catalogue."""
        catalogue = polib.pofile(str(self.path))
        change(catalogue)
        catalogue.save()
        if compile_it:
            self.path.with_suffix(".mo").write_bytes(catalogue.to_binary())

    def translate(self, msgid: str, said: str) -> None:
        """Give a message another translation."""
        self.edit(lambda catalogue: setattr(catalogue.find(msgid), "msgstr", said))


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Two sources with one message each; all is translated."""
    made = Project(tmp_path)
    made.write("portal/page.py", '_("Halo %(name)s")\n')
    made.write("templates/page.html", "{% load i18n %}{% translate 'Simpan' %}")
    translations.update(made.base)
    made.translate("Halo %(name)s", "Hello %(name)s")
    made.translate("Simpan", "Save")
    assert translations.faults(made.base) == []
    return made


def test_the_messages_of_code_and_templates_are_found(tmp_path: Path) -> None:
    made = Project(tmp_path)
    made.write("dealers/words.py", CODE)
    made.write("templates/page.html", PAGE)
    assert set(translations.messages(tmp_path)) == {
        ("Halaman", ""),
        ("Halo %(name)s", ""),
        ("Masuk", "mutasi"),
        ("Masuk", "pintu"),
        ("%(n)s menit", ""),
        ("%s jam", "waktu"),
        ("Simpan", ""),
        ("semua merek", ""),
        ("%(n)s pesanan di %(shop)s", ""),
    }


def test_plurals_of_code_and_templates_are_found(tmp_path: Path) -> None:
    made = Project(tmp_path)
    made.write("dealers/words.py", CODE)
    made.write("templates/page.html", PAGE)
    found = translations.messages(tmp_path)
    assert found["%(n)s menit", ""].plural == "%(n)s menit"
    assert found["%s jam", "waktu"].plural == "%s jam"
    assert found["%(n)s pesanan di %(shop)s", ""].plural == "%(n)s pesanan di %(shop)s"
    assert found["Simpan", ""].plural == ""


def test_what_the_code_tells_translators_is_kept(tmp_path: Path) -> None:
    Project(tmp_path).write("dealers/words.py", CODE)
    translations.update(tmp_path)
    entry = polib.pofile(str(tmp_path / translations.CATALOGUE)).find("Halo %(name)s")
    assert entry.comment == "Translators: said at the counter"


@pytest.mark.parametrize(
    "name", ["portal/migrations/0001_first.py", "tests/page.py", ".venv/page.py", "static/page.js"]
)
def test_what_is_no_source_is_left_out(project: Project, name: str) -> None:
    project.write(name, '_("Tidak dicari")\n')
    assert ("Tidak dicari", "") not in translations.messages(project.base)


def test_a_template_that_cannot_be_read_is_named(project: Project) -> None:
    project.write(
        "templates/bad.html", "{% load i18n %}{% blocktranslate %}{% if x %}{% endif %}{% endblocktranslate %}"
    )
    with pytest.raises(ValueError, match=r"templates/bad\.html"):
        translations.messages(project.base)


def test_the_same_sources_give_the_same_bytes(project: Project) -> None:
    files = (project.path, project.path.with_suffix(".mo"))
    translations.update(project.base)
    before = [path.read_bytes() for path in files]
    project.write("portal/page.py", '\n\n\n_("Halo %(name)s")\n')
    translations.update(project.base)
    assert [path.read_bytes() for path in files] == before


def test_an_update_keeps_translations_and_says_what_it_dropped(project: Project) -> None:
    project.write("portal/page.py", '_("Selamat datang")\n')
    assert translations.update(project.base) == ["dropped: 'Halo %(name)s', was 'Hello %(name)s'"]
    entries = {entry.msgid: entry.msgstr for entry in polib.pofile(str(project.path))}
    assert entries == {"Selamat datang": "", "Simpan": "Save"}


def test_a_message_that_became_a_plural_keeps_its_translation_for_both_forms(project: Project) -> None:
    project.write("portal/page.py", 'ngettext("Halo %(name)s", "Halo %(name)s", n)\n')
    translations.update(project.base)
    assert polib.pofile(str(project.path)).find("Halo %(name)s").msgstr_plural == dict.fromkeys(
        (0, 1), "Hello %(name)s"
    )


def test_a_message_that_the_catalogue_has_not_is_found(project: Project) -> None:
    project.write("portal/new.py", '_("Baru")\n')
    assert translations.faults(project.base) == ["not in the catalogue, run make messages: 'Baru'"]


def test_a_message_in_another_context_is_another_message(project: Project) -> None:
    project.write("portal/new.py", 'pgettext("pintu", "Simpan")\n')
    assert translations.faults(project.base) == ["not in the catalogue, run make messages: 'Simpan'"]


def test_an_entry_that_the_code_has_not_is_found(project: Project) -> None:
    project.write("portal/page.py", "")
    assert translations.faults(project.base) == ["obsolete, no longer in the code: 'Halo %(name)s'"]


def test_an_entry_that_was_commented_out_is_found(project: Project) -> None:
    project.edit(lambda catalogue: catalogue.append(polib.POEntry(msgid="Lama", msgstr="Old", obsolete=True)))
    assert translations.faults(project.base) == ["obsolete: 'Lama'"]


def test_a_fuzzy_entry_is_found(project: Project) -> None:
    project.edit(lambda catalogue: catalogue.find("Simpan").flags.append("fuzzy"))
    assert translations.faults(project.base) == ["fuzzy, somebody must look at it: 'Simpan'"]


@pytest.mark.parametrize("said", ["", "  "])
def test_an_empty_translation_is_found(project: Project, said: str) -> None:
    project.translate("Simpan", said)
    assert translations.faults(project.base) == ["not translated: 'Simpan'"]


def test_an_empty_plural_is_found(project: Project) -> None:
    project.write("portal/page.py", 'ngettext("%(n)s menit", "%(n)s menit", n)\n')
    translations.update(project.base)
    project.edit(lambda catalogue: catalogue.find("%(n)s menit").msgstr_plural.update({0: "%(n)s minute"}))
    assert translations.faults(project.base) == ["not translated: '%(n)s menit'"]


@pytest.mark.parametrize(
    ("msgid", "right", "wrong"),
    [
        ("Halo %(name)s", "%(name)s, hello", "Hello"),
        ("Halo %(name)s", "Hello %(name)s and %(name)s", "Hello %(nama)s"),
        ("Halo %(name)s", "Hello %(name)s", "Hello %(name)s, 5 % off"),
        ("%s dari %s", "%s of %s", "%s"),
        ("{name} sampai {day}", "{day}: {name}", "{name} until {date}"),
        ("{} dari {}", "{} of {}", "{}"),
        ("Hemat 5 %", "Save 5 %", "Save %(n)s"),
        ("%(n)s %%", "%(n)s %%", "%(n)s %"),
    ],
)
def test_other_placeholders_than_in_the_code_are_found(project: Project, msgid: str, right: str, wrong: str) -> None:
    project.write("portal/page.py", f"_({msgid!r})\n")
    translations.update(project.base)
    project.translate(msgid, right)
    assert translations.faults(project.base) == []
    project.translate(msgid, wrong)
    assert [fault.partition(":")[0] for fault in translations.faults(project.base)] == ["other placeholders"]


def test_other_placeholders_in_a_plural_are_found(project: Project) -> None:
    project.write("portal/page.py", 'ngettext("%(n)s menit", "%(n)s menit", n)\n')
    translations.update(project.base)
    forms = {0: "%(n)s minute", 1: "minutes"}
    project.edit(lambda catalogue: catalogue.find("%(n)s menit").msgstr_plural.update(forms))
    assert [fault.partition(":")[0] for fault in translations.faults(project.base)] == ["other placeholders"]


def test_a_plural_that_differs_from_the_code_s_is_found(project: Project) -> None:
    project.write("portal/page.py", 'ngettext("Halo %(name)s", "Halo %(name)s", n)\n')
    assert "another plural than in the code, run make messages: 'Halo %(name)s'" in translations.faults(project.base)


def test_an_indonesian_plural_is_found(project: Project) -> None:
    project.write("portal/page.py", 'ngettext("Halo %(name)s", "Halo-halo %(name)s", n)\n')
    translations.update(project.base)
    assert any(fault.startswith("Indonesian has one form") for fault in translations.faults(project.base))


@pytest.mark.parametrize("change", ["an older one", "none"])
def test_a_compiled_catalogue_that_is_not_the_written_one_is_found(project: Project, change: str) -> None:
    if change == "none":
        project.path.with_suffix(".mo").unlink()
    else:
        project.edit(lambda catalogue: setattr(catalogue.find("Simpan"), "msgstr", "Keep"), compile_it=False)
    expected = "locale/en/LC_MESSAGES/django.mo: not what the .po compiles to, run make messages"
    assert translations.faults(project.base) == [expected]


@pytest.mark.parametrize("name", ["Language", "Plural-Forms", "Content-Type"])
def test_another_header_is_found(project: Project, name: str) -> None:
    project.edit(lambda catalogue: catalogue.metadata.update({name: "id"}))
    assert translations.faults(project.base) == [f"header: {name} must be {translations.HEADER[name]!r}"]


def test_a_missing_catalogue_is_found(tmp_path: Path) -> None:
    assert translations.faults(tmp_path) == ["locale/en/LC_MESSAGES/django.po: not there; run make messages"]


def test_a_check_with_faults_prints_them_and_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(translations, "faults", lambda: ["fuzzy: 'a'", "not translated: 'b'"])
    assert translations.main(["check"]) == 1
    assert capsys.readouterr().out == "fuzzy: 'a'\nnot translated: 'b'\n"


def test_a_check_without_faults_is_silent(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(translations, "faults", list)
    assert translations.main(["check"]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("arguments", [[], ["compile"], ["check", "update"]])
def test_any_other_word_shows_how_it_is_used(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert translations.main(arguments) == 2
    assert capsys.readouterr().out == f"{translations.USAGE}\n"


def test_indonesian_says_what_the_code_says_without_a_catalogue() -> None:
    """Django's own Indonesian must not answer for a message of ours that happens to be English, too."""
    with translation.override("id"):
        for message in translations.messages().values():
            said = translation.pgettext(message.context, message.msgid) if message.context else ""
            assert (said or translation.gettext(message.msgid)) == message.msgid
            if message.plural:
                assert {translation.ngettext(message.msgid, message.plural, n) for n in (0, 1, 2)} == {message.msgid}


def test_english_tells_one_from_many() -> None:
    with translation.override("en"):
        said = [translation.ngettext("%(n)s menit lalu", "%(n)s menit lalu", n) % {"n": n} for n in (0, 1, 2)]
    assert said == ["0 minutes ago", "1 minute ago", "2 minutes ago"]
