"""Outbound tests may reach loopback, unless a test says otherwise."""

from collections.abc import Iterator

import pytest
from django.test import override_settings


@pytest.fixture
def loopback_allowed() -> Iterator[None]:
    with override_settings(OUTBOUND_ALLOW_NETWORKS=["127.0.0.0/8"]):
        yield


@pytest.fixture
def nothing_allowed() -> Iterator[None]:
    with override_settings(OUTBOUND_ALLOW_NETWORKS=[]):
        yield
