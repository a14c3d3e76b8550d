"""The day that is compared is today, and long over; a test that waits for something puts the waiting back."""

from datetime import timedelta

import pytest

from transactions.reconcile import runs


@pytest.fixture(autouse=True)
def _long_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "PATIENCE", timedelta(days=-9))
