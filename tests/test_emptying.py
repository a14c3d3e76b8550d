"""Between tests the database is what the migrations left, whatever was committed."""

import pytest
from django.db import connections

from dealers.models import Dealer
from tests import embedded, factories
from tests.emptying import Emptier
from transactions.models import Brand, Prefix

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "audit"])


def _transfers() -> int:
    with connections["audit"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM transfer")
        return int(cursor.fetchone()[0])


def test_what_was_written_goes_and_what_migrations_wrote_comes_back() -> None:
    emptier = Emptier(embedded.superuser_url())
    before = (list(Brand.objects.values_list()), list(Prefix.objects.order_by("pk").values_list()))
    factories.shop().buy()
    Prefix.objects.filter(brand__code="TSEL").delete()
    Brand.objects.filter(code="TRI").update(name="Tiga")
    assert _transfers() > 0
    emptier.empty()
    emptier.close()
    assert (Dealer.objects.count(), _transfers()) == (0, 0)
    assert (list(Brand.objects.values_list()), list(Prefix.objects.order_by("pk").values_list())) == before
