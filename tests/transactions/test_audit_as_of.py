"""A restored database that nobody has served since is measured by its own time, not by today's."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests import factories
from transactions import audit
from transactions.audit import Scope
from transactions.models import Due

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "audit"])


def test_what_was_due_at_the_backup_has_not_waited_when_it_is_restored() -> None:
    factories.shop().buy()
    backup = timezone.now() - timedelta(hours=2)
    Due.objects.update(due_at=backup)
    now, then = Scope(only=frozenset({11})), Scope(only=frozenset({11}), as_of=backup)
    assert [result.number for result in audit.run(now).broken] == [11]
    assert audit.run(then).broken == []
