"""The page to read about the API shows every call and every object of its schema, and needs no script."""

import re

import pytest
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

pytestmark = pytest.mark.django_db


def test_every_call_and_object_is_there_and_every_link_leads_somewhere() -> None:
    answer = Client().get("/api/v1/docs/")
    shown = answer.content.decode()
    schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    ids = set(re.findall(r'\bid="([^"]+)"', shown))
    for path, calls in schema["paths"].items():
        assert f"<code>{path}</code>" in shown
        assert {call["operationId"] for call in calls.values()} <= ids
    assert {f"o-{name}" for name in schema["components"]["schemas"]} <= ids
    assert set(re.findall(r'href="#([^"]+)"', shown)) <= ids
    assert "<script" not in shown
    assert "<code>Retry-After</code>" in shown
    assert "`" not in shown
