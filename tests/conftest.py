"""The database of the tests: the one that `tests/embedded.py` started, migrated as its owner.

The application connects as `konter_app`, with the rights that it has in production and no others; what tests
commit is taken away by the superuser (`tests/emptying.py`).
"""

import gc
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.test import TransactionTestCase, override_settings
from pytest_django.plugin import DjangoDbBlocker

from tests import embedded
from tests.chromium import CHROME
from tests.emptying import Emptier


@contextmanager
def _no_garbage_yet() -> Iterator[None]:
    """Do not look for garbage (a quarter of the time of migrations), and never again among what is there now."""
    gc.disable()
    yield
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Migrate the embedded database as konter_owner; there is no second database to create."""
    with django_db_blocker.unblock(), _no_garbage_yet():
        call_command("migrate", database="owner", interactive=False, verbosity=0)
        connections["owner"].close()
    for alias in ("owner", "audit"):
        # The same database under another role: set up and emptied once, through "default".
        connections[alias].settings_dict["TEST"]["MIRROR"] = "default"
    emptier = Emptier(embedded.superuser_url())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: emptier.empty())
        yield
    emptier.close()


@pytest.fixture(scope="session", autouse=True)
def _settings_of_tests() -> Iterator[None]:
    """Pages name their static files as they are (nothing was collected for the tests); passwords cost little."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    storages = {**settings.STORAGES, "staticfiles": plain}
    hashers = ["tests.hashing.QuickArgon2", *settings.PASSWORD_HASHERS[1:]]
    with override_settings(STORAGES=storages, PASSWORD_HASHERS=hashers):
        yield


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files come first, so that no process ends with one while the others have nothing left to do.

    Browser tests are skipped without a browser, except in CI, where they must run.
    """
    sizes = Counter(item.path for item in items)
    items.sort(key=lambda item: (item.get_closest_marker("slow") is None, -sizes[item.path], item.path))
    if CHROME.exists() or os.environ.get("CI"):
        return
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason=f"no Chromium at {CHROME}"))
