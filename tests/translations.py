"""The English catalogue: made from the code, and held complete.

`python -m tests.translations update` reads every message of the code and the templates, keeps the translations
that are there, and writes `locale/en/LC_MESSAGES/django.po` and the `.mo` that Django reads. `check` changes nothing,
prints one line for each fault and fails if there is one. Indonesian needs no catalogue: it is what the code says,
and as it has no plural, the code gives the same words for one and for many.

It does what Django's makemessages does, without the gettext programs: a fresh machine has none of them.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import polib
from babel.messages.extract import extract
from django.utils.translation.template import templatize

BASE = Path(__file__).resolve().parents[1]
CATALOGUE = Path("locale/en/LC_MESSAGES/django.po")
SOURCES = ("portal", "dealers", "transactions", "templates")
SKIPPED = {"migrations", "tests", "__pycache__"}
USAGE = "usage: python -m tests.translations update|check"

# The keywords that Django's makemessages gives to xgettext: which argument is the context, the message, the plural.
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...]] = {
    "_": (1,),
    "gettext": (1,),
    "gettext_lazy": (1,),
    "gettext_noop": (1,),
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}

HEADER = {
    "Project-Id-Version": "konter",
    "Language": "en",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}

# `%(name)s`, `%s`, `{name}`, `{}`; and the per cent sign itself, written twice where a text is formatted.
_PLACEHOLDER = re.compile(r"%%|%(?:\(\w+\))?[#0+-]*\d*(?:\.\d+)?[a-zA-Z]|%|\{\w*\}")

Key = tuple[str, str]


@dataclass
class Message:
    """What a translator sees: the words, where they stand, and what the code says about them."""

    msgid: str
    context: str = ""
    plural: str = ""
    files: set[str] = field(default_factory=set)
    comments: list[str] = field(default_factory=list)


def messages(base: Path = BASE) -> dict[Key, Message]:
    """Every message of the sources under `base`, by its words and its context.

    Raises ValueError, with the file's name, when a source cannot be read as what it is.
    """
    found: dict[Key, Message] = {}
    for path in _sources(base):
        where = path.relative_to(base).as_posix()
        try:
            here = list(_messages_of(path))
        except SyntaxError as error:
            raise ValueError(f"{where}: {error}") from error
        for message in here:
            known = found.setdefault((message.msgid, message.context), message)
            known.plural = known.plural or message.plural
            known.files.add(where)
            known.comments += [comment for comment in message.comments if comment not in known.comments]
    return dict(sorted(found.items()))


def _sources(base: Path) -> Iterator[Path]:
    for source in SOURCES:
        for path in sorted((base / source).rglob("*")):
            if path.suffix in {".py", ".html", ".txt"} and not SKIPPED.intersection(path.relative_to(base).parts):
                yield path


def _messages_of(path: Path) -> Iterator[Message]:
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # templatize keeps the indentation of the template, at which Python's tokenizer stumbles.
        text = "\n".join(line.strip() for line in templatize(text, origin=path.name).splitlines())
    code = BytesIO(text.encode())
    for _line, words, comments, context in extract("python", code, KEYWORDS, ["Translators"], {"encoding": "utf-8"}):
        singular, plural = words if isinstance(words, tuple) else (words, "")
        if singular:
            yield Message(singular, context=context or "", plural=plural, comments=list(comments))


def update(base: Path = BASE) -> list[str]:
    """Write the catalogue and what Django reads; gives a line for each translation that was dropped.

    The same sources and translations give the same bytes: no dates, no line numbers.
    """
    path = base / CATALOGUE
    old = _entries(polib.pofile(str(path))) if path.exists() else {}
    new = polib.POFile(wrapwidth=118)
    new.header = "Konter in English. The messages are the Indonesian of the code."
    new.metadata = HEADER
    wanted = messages(base)
    new.extend(_entry(message, old.get(key)) for key, message in wanted.items())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{new}\n", encoding="utf-8")
    path.with_suffix(".mo").write_bytes(polib.pofile(str(path)).to_binary())
    return [f"dropped: {entry.msgid!r}, was {entry.msgstr!r}" for key, entry in old.items() if key not in wanted]


def _entries(catalogue: polib.POFile) -> dict[Key, polib.POEntry]:
    return {(entry.msgid, entry.msgctxt or ""): entry for entry in catalogue if not entry.obsolete}


def _entry(message: Message, old: polib.POEntry | None) -> polib.POEntry:
    entry = polib.POEntry(
        msgid=message.msgid,
        msgctxt=message.context or None,
        msgid_plural=message.plural,
        occurrences=[(name, "") for name in sorted(message.files)],
        comment="\n".join(message.comments),
    )
    if message.plural:
        entry.msgstr_plural = {0: "", 1: ""}
    if old:
        entry.flags = old.flags
        entry.tcomment = old.tcomment
        if message.plural:
            entry.msgstr_plural = old.msgstr_plural or {0: old.msgstr, 1: old.msgstr}
        else:
            entry.msgstr = old.msgstr
    return entry


def faults(base: Path = BASE) -> list[str]:
    """A line for everything that keeps the screens from being whole in English; nothing if all is well."""
    path = base / CATALOGUE
    if not path.exists():
        return [f"{CATALOGUE}: not there; run make messages"]
    catalogue = polib.pofile(str(path))
    entries = _entries(catalogue)
    wanted = messages(base)
    found = [f"header: {name} must be {HEADER[name]!r}" for name in HEADER if _differs(catalogue, name)]
    found += [f"not in the catalogue, run make messages: {key[0]!r}" for key in wanted if key not in entries]
    found += [f"obsolete: {entry.msgid!r}" for entry in catalogue.obsolete_entries()]
    for key, entry in entries.items():
        found += _faults_of(entry, wanted.get(key))
    compiled = path.with_suffix(".mo")
    if not compiled.exists() or compiled.read_bytes() != catalogue.to_binary():
        found.append(f"{CATALOGUE.with_suffix('.mo')}: not what the .po compiles to, run make messages")
    return found


def _differs(catalogue: polib.POFile, name: str) -> bool:
    return bool(catalogue.metadata.get(name) != HEADER[name])


def _faults_of(entry: polib.POEntry, message: Message | None) -> Iterator[str]:
    if message is None:
        yield f"obsolete, no longer in the code: {entry.msgid!r}"
        return
    if message.plural not in {"", message.msgid}:
        yield f"Indonesian has one form for one and many, the code gives two: {message.msgid!r}, {message.plural!r}"
    if entry.msgid_plural != message.plural:
        yield f"another plural than in the code, run make messages: {entry.msgid!r}"
    if entry.fuzzy:
        yield f"fuzzy, somebody must look at it: {entry.msgid!r}"
    for original, said in _forms(entry):
        here, there = placeholders(original), placeholders(said)
        if not said.strip():
            yield f"not translated: {original!r}"
        elif here != there:
            yield f"other placeholders: {original!r} has {here}, {said!r} has {there}"


def _forms(entry: polib.POEntry) -> list[tuple[str, str]]:
    """Every form of a message with its translation: one, or singular and plural."""
    if not entry.msgid_plural:
        return [(entry.msgid, entry.msgstr)]
    return [(text, entry.msgstr_plural.get(form, "")) for form, text in enumerate([entry.msgid, entry.msgid_plural])]


def placeholders(text: str) -> list[str]:
    """What is filled in: names once, however often they are used; positions as often as they occur."""
    tokens = _PLACEHOLDER.findall(text)
    named = {token for token in tokens if token in {"%", "%%"} or "(" in token or (len(token) > 2 and token[0] == "{")}
    return sorted(named) + sorted(token for token in tokens if token not in named)


def main(arguments: list[str]) -> int:
    match arguments:
        case ["update"]:
            lines, status = update(), 0
        case ["check"]:
            lines = faults()
            status = 1 if lines else 0
        case _:
            lines, status = [USAGE], 2
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
