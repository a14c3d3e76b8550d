"""A check says how old the request is, so that no connector buys anew what was asked for long ago."""

from datetime import timedelta

import pytest
from django.utils import timezone

from portal.lib import tenancy
from tests.factories import Shop
from tests.transactions.faults import driving
from transactions.models import Attempt
from transactions.suppliers.base import Outcome, Reason, TopUp, Verdict
from transactions.suppliers.digiflazz import Digiflazz


def test_a_check_knows_since_when_the_sale_is_asked_for(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[float] = []

    def note(_connector: Digiflazz, ask: TopUp) -> Verdict:
        asked.append(ask.asked_ago)
        return Verdict(outcome=Outcome.PENDING, rc="03", reason=Reason.NO_ANSWER)

    monkeypatch.setattr(Digiflazz, "top_up", note)
    monkeypatch.setattr(Digiflazz, "check", note)
    order = shop.buy()
    driving.step()
    with tenancy.inside(shop.dealer.pk):
        Attempt.objects.update(first_sent_at=timezone.now() - timedelta(minutes=7))
    driving.pass_time(order)
    driving.step()
    first, later = asked
    assert 0 <= first < 60
    assert 420 <= later < 480
