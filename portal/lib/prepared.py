"""Questions to the database that are put together once and then only asked.

Django builds the SQL of a query anew each time, which for a model with many columns costs ten times what the
database needs to answer. On the few paths that every purchase takes, the query is written as ever, with the ORM,
and compiled at its first use; from then on only its values change. The database plans it once for a connection.

    _BY_CODE = Prepared(lambda code: Order.objects.select_related("product").filter(code=code), code=str)
    order = _BY_CODE.first(code="7K2M9QX4TZ0")
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators
from psycopg2.extensions import AsIs

from portal.lib import database

M = TypeVar("M", bound=Model)
_HIGHEST = 2**31 - 1
_LEFT = "\N{SYMBOL FOR SUBSTITUTE}"


class NotPrepared(TypeError):
    """This query cannot be kept: a value is not in its SQL as it is given, or it needs more than one question."""


@dataclass(frozen=True)
class _Plan(Generic[M]):
    """What is kept of a compiled query."""

    sql: str
    values: list[str]
    model: type[M]
    columns: slice
    names: list[str]
    related: list[Any]
    extra: dict[str, int]
    converters: list[tuple[int, list[Any], Any]]

    def row(self, row: tuple[Any, ...]) -> M:
        values: Any = row
        if self.converters:
            values = list(row)
            for at, functions, expression in self.converters:
                for function in functions:
                    values[at] = function(values[at], expression, connection)
        made = self.model.from_db("default", self.names, values[self.columns])
        for related in self.related:
            related.populate(values, made)
        for name, at in self.extra.items():
            setattr(made, name, values[at])
        return made


class Prepared(Generic[M]):
    """A query with named values, each of type `str`, `int` (of 32 or 64 bits) or `datetime`.

    `build` is called once, with stand-ins for the values: what it does may not depend on them. What it returns is
    asked as it stands, with its order, its bound, `select_related` and annotations; `prefetch_related` is refused.
    """

    def __init__(self, build: Callable[..., QuerySet[M]], **kinds: type) -> None:
        self._build, self._kinds = build, kinds
        self._plan: _Plan[M] | None = None

    def first(self, **values: Any) -> M | None:
        """The first row, or None. The query itself says which is first, and should be bounded to one."""
        return next(iter(self.all(**values)), None)

    def get(self, **values: Any) -> M:
        """The one row. Raises the model's `DoesNotExist`."""
        found = self.first(**values)
        if found is None:
            raise self._prepared().model.DoesNotExist  # type: ignore[attr-defined]  # every model has its own
        return found

    def all(self, **values: Any) -> list[M]:
        """Every row. Raises `NotPrepared`."""
        plan = self._prepared()
        with connection.cursor() as cursor:
            cursor.execute(database.reusable(plan.sql), [values[name] for name in plan.values])
            return [plan.row(row) for row in cursor.fetchall()]

    def _prepared(self) -> _Plan[M]:
        self._plan = self._plan or self._prepare()
        return self._plan

    def _prepare(self) -> _Plan[M]:
        stand_ins = {name: _stand_in(kind, at) for at, (name, kind) in enumerate(self._kinds.items())}
        query = self._build(**stand_ins)
        if query._prefetch_related_lookups:  # type: ignore[attr-defined]  # noqa: SLF001  the only way to see them
            raise NotPrepared("prefetch_related asks a second question")
        compiler = query.query.get_compiler("default")
        sql, given = compiler.as_sql()
        names = {value: name for name, value in stand_ins.items()}
        places = [names.get(value) if isinstance(value, str | int | datetime) else None for value in given]
        if missing := self._kinds.keys() - set(places):
            raise NotPrepared(f"not in the SQL as given: {sorted(missing)}")
        return self._keep(query, compiler, _with_constants(sql, given, places), [name for name in places if name])

    def _keep(self, query: QuerySet[M], compiler: Any, sql: str, values: list[str]) -> _Plan[M]:
        about, selected = compiler.klass_info, compiler.select
        columns = slice(about["select_fields"][0], about["select_fields"][-1] + 1)
        converters = compiler.get_converters([each[0] for each in selected])
        return _Plan(
            sql=sql,
            values=values,
            model=query.model,
            columns=columns,
            names=[each[0].target.attname for each in selected[columns]],
            related=get_related_populators(about, selected, "default"),  # type: ignore[call-arg]  # stubs of a later Django
            extra=dict(compiler.annotation_col_map or {}),
            converters=[(at, functions, expression) for at, (functions, expression) in converters.items()],
        )


def _with_constants(sql: str, given: Sequence[Any], places: Sequence[str | None]) -> str:
    """The SQL with its constants in it, so that the database may plan with them, and `%s` left for what changes."""
    with connection.cursor() as cursor:
        filled = cursor.mogrify(
            sql, [value if name is None else AsIs(_LEFT) for value, name in zip(given, places, strict=True)]
        )
    return str(filled.decode()).replace("%", "%%").replace(_LEFT, "%s")


def _stand_in(kind: type, at: int) -> Any:
    """A value that stands nowhere else in the SQL's values."""
    if kind is str:
        return f"\N{SYMBOL FOR NULL}{at}"
    if kind is int:
        return _HIGHEST - at
    if kind is datetime:
        return datetime(9999, 12, 31, 23, 59, 59, at, tzinfo=UTC)
    raise NotPrepared(f"no stand-in for {kind.__name__}")
