"""What may be kept of a call's bodies, and for how long."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from dealers import call_log
from dealers.models import PartnerCall
from dealers.models.calls import LONGEST_BODY
from portal.lib import tenancy
from tests.worlds import world
from transactions import tasks


def test_secrets_are_hidden_and_numbers_cut_to_their_ends() -> None:
    body = {"sign": "0" * 32, "secret": "whsec_abc", "customer_no": "081234567890", "meter": "530000000001"}
    kept = call_log.readable(json.dumps(body).encode())
    assert kept == '{"sign": [hidden], "secret": [hidden], "customer_no": "0812****890", "meter": "****001"}'


@pytest.mark.parametrize("before", range(LONGEST_BODY - 40, 2 * LONGEST_BODY + 40, 7))
def test_no_secret_and_no_number_comes_out_where_a_body_is_cut(before: int) -> None:
    inner = {"filler": "x" * before, "sign": "5e" * 16, "customer_no": "081234567890", "rest": "y" * 5_000}
    kept = call_log.readable(json.dumps(inner).encode())
    assert len(kept) <= LONGEST_BODY
    assert "5e5e" not in kept
    assert "0812345" not in kept


def test_many_hidden_secrets_do_not_bring_the_cut_number_near() -> None:
    text = '{"sign": "' + '"}{"sign": "'.join("ab" * 150 for _ in range(13))
    padding = 2 * LONGEST_BODY - len(text) - 9
    kept = call_log.readable((text + '"' + " " * padding + "0812345678901234").encode())
    assert "0812345" not in kept


def test_a_body_of_no_text_is_kept_as_far_as_it_can_be_read() -> None:
    assert call_log.readable(b"\xff\x00{}") == "\ufffd\\0{}"


@pytest.mark.django_db(transaction=True)
def test_calls_are_forgotten_after_thirty_days(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(call_log, "_BATCH", 1)
    here, there = world("toko-a"), world("toko-b")
    for dealer, days in ((here.dealer, 31), (there.dealer, 29)):
        with tenancy.inside(dealer.pk):
            row = PartnerCall.objects.get()
            row.pk, row.at = None, timezone.now() - timedelta(days=days)
            row.save(force_insert=True)
    tasks.forget_calls()
    left = {}
    for dealer in (here.dealer, there.dealer):
        with tenancy.inside(dealer.pk):
            left[dealer.slug] = PartnerCall.objects.count()
    assert left == {"toko-a": 1, "toko-b": 2}
