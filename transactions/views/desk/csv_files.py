"""CSV that a spreadsheet opens as what it is: no cell can be a formula, times are the dealer's own."""

import csv
import datetime as dt
from collections.abc import Iterable, Iterator
from typing import cast
from zoneinfo import ZoneInfo

from django.http import StreamingHttpResponse

from dealers.models import Dealer
from portal.lib import cells

Cell = str | int | None | dt.datetime


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def answer(dealer: Dealer, rows: Iterable[Iterable[Cell]], *, name: str) -> StreamingHttpResponse:
    """A download named `name`, written line by line as `rows` yields."""
    zone = ZoneInfo(dealer.time_zone)
    streamed = StreamingHttpResponse(_lines(rows, zone), content_type="text/csv; charset=utf-8")
    streamed["Content-Disposition"] = f'attachment; filename="{dealer.slug}-{name}.csv"'
    streamed["Cache-Control"] = "no-store"
    return streamed


def _lines(rows: Iterable[Iterable[Cell]], zone: ZoneInfo) -> Iterator[str]:
    yield "\ufeff"
    writer = csv.writer(_Echo())
    for row in rows:
        yield cast(str, writer.writerow([_cell(value, zone) for value in row]))


def _cell(value: Cell, zone: ZoneInfo) -> str | int:
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
    return cells.text(value) if isinstance(value, str) else value
