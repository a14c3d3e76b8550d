"""A partner's key opens its dealer and nothing else: by itself or by a signature, while it is valid."""

import time
from datetime import timedelta

import pytest
import time_machine

from dealers import authentication, partners
from dealers.authentication import No, Refused, Signed
from dealers.models import Dealer, Partner, PartnerKey, PartnerNonce, PartnerState
from portal.lib import tenancy
from tests import factories
from transactions import tasks

pytestmark = pytest.mark.django_db
HOME = "203.0.113.7"


@pytest.fixture
def dealer() -> Dealer:
    return factories.dealer("sini")


@pytest.fixture
def partner(dealer: Dealer) -> Partner:
    with tenancy.inside(dealer.pk):
        wanted = partners.Application(username="mitra", name="Mitra Uji")
        return partners.invite(dealer, wanted, by=None)


def issue(partner: Partner, **more: object) -> partners.Issued:
    with tenancy.inside(partner.dealer_id):
        return partners.issue(partner, by=None, **more)  # type: ignore[arg-type]


def signed(plain: str, *, at: float | None = None, body: bytes = b"{}", username: str = "mitra") -> Signed:
    stamp = str(int(time.time() if at is None else at))
    message = f"{stamp}.POST./api/v1/orders/.".encode() + body
    return Signed(
        username=username,
        timestamp=stamp,
        signature=authentication.signature(plain, message),
        method="POST",
        path="/api/v1/orders/",
        body=body,
    )


def refusal(call: object, *args: object, **named: object) -> No:
    with pytest.raises(Refused) as caught:
        call(*args, **named)  # type: ignore[operator]
    return caught.value.why


def test_the_key_opens_its_partner_and_is_not_kept_in_the_clear(partner: Partner) -> None:
    made = issue(partner)
    caller = authentication.by_key(made.plain, address=HOME)
    assert (caller.partner.pk, caller.dealer.pk, caller.is_sandbox) == (partner.pk, partner.dealer_id, False)
    with tenancy.inside(partner.dealer_id):
        row = PartnerKey.objects.get()
    assert made.plain not in f"{row.lookup} {row.sealed} {row.name}"
    assert row.used_at is not None


def test_a_stranger_and_a_wrong_name_hear_the_same(partner: Partner) -> None:
    made = issue(partner)
    assert refusal(authentication.by_key, made.plain + "x", address=HOME) == No.UNKNOWN
    assert refusal(authentication.by_signature, signed(made.plain, username="lain"), address=HOME) == No.UNKNOWN
    assert refusal(authentication.by_signature, signed("another key"), address=HOME) == No.UNKNOWN


def test_the_documented_signature_is_ours() -> None:
    message = b'1763949600.POST./api/v1/orders/.{"ref_id":"A-1","sku":"TSEL10","destination":"081234567890"}'
    expected = "v1=04d4933d8c074601341115ef610620d632cc588920f23a00838ee95a966f6bff"
    assert authentication.signature("mitra-demo-key", message) == expected


def test_a_signature_is_taken_five_minutes_before_and_after(partner: Partner) -> None:
    made, now = issue(partner), 1_790_000_000
    with time_machine.travel(now, tick=False):
        for late in (-300, 0, 300):
            assert authentication.by_signature(signed(made.plain, at=now + late), address=HOME).is_signed
        for late in (-301, 301):
            assert refusal(authentication.by_signature, signed(made.plain, at=now + late), address=HOME) == No.CLOCK


def test_an_old_key_works_until_the_overlap_has_passed(partner: Partner) -> None:
    old = issue(partner)
    with tenancy.inside(partner.dealer_id):
        new = partners.rotate(old.key, overlap=timedelta(days=30), by=None)
    for plain in (old.plain, new.plain):
        assert authentication.by_signature(signed(plain), address=HOME).partner.pk == partner.pk
    with time_machine.travel(time.time() + 7 * 86_400 + 1):
        assert refusal(authentication.by_key, old.plain, address=HOME) == No.UNKNOWN
        assert authentication.by_key(new.plain, address=HOME).key.pk == new.key.pk


def test_a_revoked_key_opens_nothing(partner: Partner) -> None:
    made = issue(partner)
    with tenancy.inside(partner.dealer_id):
        partners.revoke(made.key)
    assert refusal(authentication.by_key, made.plain, address=HOME) == No.UNKNOWN


@pytest.mark.parametrize(
    ("addresses", "caller", "is_let_in"),
    [
        (("203.0.113.7",), HOME, True),
        (("203.0.113.0/24", "2001:db8::/32"), "2001:db8::1", True),
        (("203.0.113.8",), HOME, False),
        (("203.0.113.8",), "unknown", False),
    ],
)
def test_only_listed_addresses_may_call(
    partner: Partner, addresses: tuple[str, ...], caller: str, is_let_in: bool
) -> None:
    made = issue(partner)
    with tenancy.inside(partner.dealer_id):
        partners.agree(partner, partners.Terms(tier="partner", daily_cap=None, addresses=addresses))
    if is_let_in:
        assert authentication.by_key(made.plain, address=caller).partner.pk == partner.pk
    else:
        assert refusal(authentication.by_key, made.plain, address=caller) == No.ADDRESS


def test_whoever_applied_waits_and_whoever_was_closed_is_told(dealer: Dealer) -> None:
    boss = factories.user()
    with tenancy.inside(dealer.pk):
        asking = partners.apply(dealer, partners.Application(username="baru", name="Mitra Baru"))
    made = issue(asking)
    assert refusal(authentication.by_key, made.plain, address=HOME) == No.APPLIED
    with tenancy.inside(dealer.pk):
        partners.decide(asking, is_welcome=True, by=boss)
    assert authentication.by_key(made.plain, address=HOME).partner.state == PartnerState.ACTIVE
    with tenancy.inside(dealer.pk):
        with pytest.raises(partners.NotWaiting):
            partners.decide(asking, is_welcome=False, by=boss)
        partners.close(asking, by=boss)
    assert refusal(authentication.by_key, made.plain, address=HOME) == No.CLOSED


def test_a_user_name_is_given_once_on_the_whole_portal(partner: Partner) -> None:
    elsewhere = factories.dealer("sana")
    with tenancy.inside(elsewhere.pk), pytest.raises(partners.UsernameTaken):
        partners.invite(elsewhere, partners.Application(username=partner.username, name="Sama"), by=None)


def test_a_nonce_is_used_once_and_by_each_partner_for_itself(partner: Partner) -> None:
    caller = authentication.by_key(issue(partner).plain, address=HOME)
    authentication.use_nonce(caller, "n-1")
    assert refusal(authentication.use_nonce, caller, "n-1") == No.REPLAYED
    assert refusal(authentication.use_nonce, caller, "") == No.REPLAYED
    with tenancy.inside(partner.dealer_id):
        assert authentication.forget_nonces(partner.dealer) == 0
        with time_machine.travel(time.time() + 3600):
            assert authentication.forget_nonces(partner.dealer) == 1


def test_what_partners_leave_behind_is_forgotten_at_night(partner: Partner) -> None:
    caller = authentication.by_key(issue(partner).plain, address=HOME)
    with time_machine.travel(time.time() - 91 * 86_400):
        authentication.use_nonce(caller, "n-old")
    authentication.use_nonce(caller, "n-new")
    tasks.partner_leftovers()
    with tenancy.inside(partner.dealer_id):
        assert [each.nonce for each in PartnerNonce.objects.all()] == ["n-new"]


def test_a_key_opens_what_it_was_made_for(partner: Partner) -> None:
    caller = authentication.by_key(issue(partner, scopes=("read",), is_sandbox=True).plain, address=HOME)
    caller.demand("read")
    assert caller.is_sandbox
    assert refusal(caller.demand, "buy") == No.SCOPE
