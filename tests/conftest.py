"""The database of the tests: the one that `tests/embedded.py` started, migrated as its owner.

The application connects as `konter_app`, as in production. What is loosened for Django's flush (TRUNCATE)
is loosened here and nowhere else; the test that proves the guard puts it back.
"""

import os
from collections.abc import Callable, Iterator
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.test import override_settings
from pytest_django.plugin import DjangoDbBlocker

from tests.chromium import CHROME

_LET_FLUSH = """
DO $$
DECLARE
    guard record;
BEGIN
    GRANT TRUNCATE ON ALL TABLES IN SCHEMA public TO konter_app;
    FOR guard IN SELECT tgname, tgrelid::regclass AS place FROM pg_trigger WHERE tgname LIKE 'never\\_truncated%' LOOP
        EXECUTE format('ALTER TABLE %s DISABLE TRIGGER %I', guard.place, guard.tgname);
    END LOOP;
END
$$
"""


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Migrate the embedded database as konter_owner; there is no second database to create."""
    with django_db_blocker.unblock():
        call_command("migrate", database="owner", interactive=False, verbosity=0)
        with connections["owner"].cursor() as cursor:
            cursor.execute(_LET_FLUSH)
        connections["owner"].close()
    for alias in ("owner", "audit"):
        # The same database under another role: flushed once, through "default".
        connections[alias].settings_dict["TEST"]["MIRROR"] = "default"


@pytest.fixture(scope="session", autouse=True)
def _static_files() -> Iterator[None]:
    """Pages name their static files as they are: nothing was collected for the tests."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(STORAGES={**settings.STORAGES, "staticfiles": plain}):
        yield


@pytest.fixture(scope="session")
def reference_rows(django_db_setup: None) -> Callable[[], None]:
    """Put brands and prefixes back: they come with a migration, and a flush takes them away."""

    def put_back() -> None:
        if not apps.get_model("transactions", "Brand").objects.exists():
            migration = import_module("transactions.migrations.0005_brands")
            migration.add(apps, SimpleNamespace(connection=connections["default"]))

    return put_back


@pytest.fixture(autouse=True)
def _reference_rows(request: pytest.FixtureRequest) -> None:
    """Every test that may use the database begins with the reference rows, whatever was flushed before it."""
    wanted = {"db", "transactional_db", "live_server"} & set(request.fixturenames)
    marker = request.node.get_closest_marker("django_db")
    if not wanted and marker is None:
        return
    is_transactional = "db" not in wanted and (marker is None or marker.kwargs.get("transaction"))
    request.getfixturevalue("transactional_db" if is_transactional or wanted - {"db"} else "db")
    put_back: Callable[[], None] = request.getfixturevalue("reference_rows")
    put_back()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests are skipped without a browser, except in CI, where they must run."""
    if CHROME.exists() or os.environ.get("CI"):
        return
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason=f"no Chromium at {CHROME}"))
