"""The demo's mailbox: e-mails that nobody sends, read at `/demo/surat/`.

In the demo Django writes its mails into files (one per connection, several mails in one file, a line
of 79 dashes between them). A mail is named by its file and its place therein. Bodies are shown as
text; only links to this portal can be followed.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

_NAME = re.compile(r"([0-9]{8}-[0-9]{6}-[0-9]{1,24})\.([0-9]{1,4})")
_BETWEEN = re.compile(rb"\r?\n-{79}\r?\n(?=Content-Type:|\Z)")
_LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")
_NEWEST = 100


@dataclass(frozen=True)
class Letter:
    """One mail as the list shows it."""

    name: str
    subject: str
    to: str
    sent_at: dt.datetime | None
    message: EmailMessage


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The newest mails first."""
    _only_in_the_demo()
    return render(request, "portal/mailbox.html", {"letters": letters()})


@never_cache
@require_safe
def message(request: HttpRequest, name: str) -> HttpResponse:
    """One mail; 404 for every name that the list does not show."""
    _only_in_the_demo()
    found = _NAME.fullmatch(name)
    path = settings.MAIL_FOLDER / f"{found[1]}.log" if found else None
    if not found or not path or not path.is_file():
        raise Http404
    mails = list(_in_file(path))
    place = int(found[2])
    if not 1 <= place <= len(mails):
        raise Http404
    letter = mails[place - 1]
    hosts = {urlsplit(settings.KONTER_BASE_URL).netloc, request.get_host()}
    return render(request, "portal/mail.html", {"letter": letter, "body": linked(text_of(letter.message), hosts=hosts)})


def letters() -> list[Letter]:
    """The newest hundred mails of the folder, newest first; none when the folder is missing."""
    files = sorted(settings.MAIL_FOLDER.glob("*.log"), key=_age, reverse=True)[:_NEWEST]
    return [letter for file in files for letter in reversed(list(_in_file(file)))][:_NEWEST]


def text_of(mail: EmailMessage) -> str:
    """The mail's text part, or its HTML as source when there is no other."""
    body = mail.get_body(preferencelist=("plain", "html"))
    return str(body.get_content()) if body else ""


def linked(text: str, *, hosts: set[str]) -> SafeString:
    """The text as HTML: everything escaped, links to these hosts (with port) made into anchors."""
    html, end = [], 0
    for found in _LINK.finditer(text):
        html.append(escape(text[end : found.start()]))
        url = found.group()
        own = urlsplit(url).netloc in hosts
        html.append(format_html('<a href="{0}">{0}</a>', url) if own else escape(url))
        end = found.end()
    html.append(escape(text[end:]))
    return mark_safe("".join(html))  # noqa: S308 - every part was escaped above


def _only_in_the_demo() -> None:
    if not settings.DEMO:
        raise Http404


def _age(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def _in_file(path: Path) -> Iterator[Letter]:
    raw = [part for part in _BETWEEN.split(path.read_bytes()) if part.strip()]
    for place, part in enumerate(raw, start=1):
        mail = message_from_bytes(part, policy=policy.default)
        yield Letter(
            name=f"{path.stem}.{place}",
            subject=str(mail["Subject"] or ""),
            to=str(mail["To"] or ""),
            sent_at=mail["Date"].datetime if mail["Date"] else None,
            message=mail,
        )
