"""The database of the tests: the one that `tests/embedded.py` started, migrated as its owner.

The application connects as `konter_app`, with the rights that it has in production and no others; what tests
commit is taken away by the superuser (`tests/emptying.py`).
"""

import os
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.test import TransactionTestCase, override_settings
from pytest_django.plugin import DjangoDbBlocker

from tests import embedded
from tests.chromium import CHROME
from tests.emptying import Emptier


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Migrate the embedded database as konter_owner; there is no second database to create."""
    with django_db_blocker.unblock():
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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests are skipped without a browser, except in CI, where they must run."""
    if CHROME.exists() or os.environ.get("CI"):
        return
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason=f"no Chromium at {CHROME}"))
