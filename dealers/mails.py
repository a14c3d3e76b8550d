"""E-mails to people, sent after the answer and never in front of it.

Whether an address is known decides if and what is sent, so neither the look-up nor the sending may
show in how long an answer takes: both happen in a thread of this process. A mail that is lost with
the process is asked for again by the person who waits for it.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from smtplib import SMTPException
from typing import ParamSpec

import structlog
from django.conf import settings
from django.core.mail import send_mail
from django.db import DatabaseError, connections
from django.template.loader import render_to_string
from django.utils import translation

log = structlog.get_logger(__name__)
P = ParamSpec("P")

_pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="mail")


def later(work: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> "Future[None]":
    """Run `work` behind the answer, in the language of whoever asked."""
    return _pool.submit(_run, translation.get_language(), lambda: work(*args, **kwargs))


def _run(language: str | None, work: Callable[[], None]) -> None:
    try:
        with translation.override(language or settings.LANGUAGE_CODE):
            work()
    except (DatabaseError, SMTPException, OSError) as error:
        log.warning("mail not sent", reason=type(error).__name__)
    finally:
        connections.close_all()


def send(template: str, *, to: str, subject: str, **context: object) -> None:
    """One plain mail from `templates/dealers/mail/<template>.txt`; links in it begin with KONTER_BASE_URL.

    Raises `SMTPException` or `OSError` when it cannot be handed over.
    """
    known = {"base_url": settings.KONTER_BASE_URL, **context}
    body = render_to_string(f"dealers/mail/{template}.txt", known).strip() + "\n"
    send_mail(subject, body, None, [to])
