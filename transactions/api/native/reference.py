"""The description of the API as a page to read: made from the very schema that programs get, without a script.

Written in the schema's English; it is worked out once in each process.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator

_REF = "#/components/schemas/"
_MARKED = re.compile(r"`([^`]+)`")
_METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Kind:
    """What a value is: words, and the object that they speak of."""

    words: str
    refers_to: str = ""


@dataclass(frozen=True)
class Field:
    """One parameter or field."""

    name: str
    kind: Kind
    is_required: bool
    says: SafeString
    place: str = ""


@dataclass(frozen=True)
class Answer:
    """What may come back."""

    status: str
    says: SafeString
    kind: Kind | None


@dataclass(frozen=True)
class Operation:
    """One call."""

    name: str
    group: str
    method: str
    path: str
    title: str
    says: SafeString
    parameters: tuple[Field, ...]
    takes: Kind | None
    example: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class Shape:
    """One object of the API."""

    name: str
    says: SafeString
    fields: tuple[Field, ...]
    values: tuple[str, ...]


@dataclass(frozen=True)
class Reference:
    """The whole API."""

    operations: tuple[Operation, ...]
    shapes: tuple[Shape, ...]


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """`/api/v1/docs/`"""
    return render(request, "api/reference.html", {"reference": read()})


@cache
def read() -> Reference:
    """The schema, in the order in which it is read."""
    schema: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    calls = (
        _operation(path, method, calls[method])
        for path, calls in schema["paths"].items()
        for method in _METHODS
        if method in calls
    )
    shapes = schema["components"]["schemas"].items()
    return Reference(tuple(calls), tuple(_shape(name, shape) for name, shape in shapes))


def _operation(path: str, method: str, said: dict[str, Any]) -> Operation:
    content = _content(said.get("requestBody", {}))
    return Operation(
        name=said["operationId"],
        group=said["tags"][0],
        method=method.upper(),
        path=path,
        title=said.get("summary", ""),
        says=_prose(said.get("description", "")),
        parameters=tuple(_parameter(each) for each in said.get("parameters", [])),
        takes=_kind(content["schema"]) if content else None,
        example=_example(content),
        answers=tuple(_answer(status, each) for status, each in said["responses"].items()),
    )


def _prose(text: str) -> SafeString:
    """The schema's text with what stands in backticks as code."""
    # Escaped before anything is marked.
    return mark_safe(_MARKED.sub(r"<code>\1</code>", conditional_escape(text)))  # noqa: S308


def _content(holder: dict[str, Any]) -> dict[str, Any]:
    """The first way in which it is written; all of ours are JSON."""
    return dict(next(iter(holder.get("content", {}).values()), {}))


def _example(content: dict[str, Any]) -> str:
    found = next(iter(content.get("examples", {}).values()), None)
    return json.dumps(found["value"], indent=2, ensure_ascii=False) if found else ""


def _parameter(said: dict[str, Any]) -> Field:
    return Field(
        name=said["name"],
        kind=_kind(said["schema"]),
        is_required=said.get("required", False),
        says=_prose(said.get("description", "") or said["schema"].get("description", "")),
        place=said["in"],
    )


def _answer(status: str, said: dict[str, Any]) -> Answer:
    content = _content(said)
    return Answer(status, _prose(said.get("description", "")), _kind(content["schema"]) if content else None)


def _shape(name: str, said: dict[str, Any]) -> Shape:
    required = said.get("required", [])
    fields = (
        Field(field, _kind(each), field in required, _prose(each.get("description", "")))
        for field, each in said.get("properties", {}).items()
    )
    return Shape(name, _prose(said.get("description", "")), tuple(fields), tuple(_values(said)))


def _values(said: dict[str, Any]) -> Iterator[str]:
    return (str(value) for value in said.get("enum", []))


def _kind(said: dict[str, Any]) -> Kind:
    """`integer or null`, `list of OrderOut`, one of some words."""
    if "$ref" in said:
        name = said["$ref"].removeprefix(_REF)
        return Kind(name, name)
    for joined in ("allOf", "oneOf", "anyOf"):
        if joined in said:
            return _either([_kind(each) for each in said[joined]])
    if said.get("type") == "array":
        inner = _kind(said.get("items", {}))
        return Kind(f"list of {inner.words}", inner.refers_to)
    if "enum" in said:
        return Kind(" | ".join(_values(said)))
    named = said.get("type", "any")
    return Kind(" or ".join(named) if isinstance(named, list) else _with_format(named, said))


def _with_format(named: str, said: dict[str, Any]) -> str:
    return f"{named} ({said['format']})" if said.get("format") in {"date", "date-time"} else named


def _either(kinds: list[Kind]) -> Kind:
    words = " or ".join(each.words for each in kinds)
    return Kind(words, next((each.refers_to for each in kinds if each.refers_to), ""))
