"""The scene that the walk needs: two dealers with everything, what only the first has, and all who visit."""

from datetime import timedelta

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.db import connection
from django.utils import timezone

from dealers.models import Dealer, Role, User
from portal.lib import tenancy
from tests import factories
from tests.urls.rows import Scene
from tests.worlds import UNREACHABLE, World, world
from transactions import todo
from transactions.models import Account, AccountKind, Attempt, Brand, Decision, Prefix, Route, Task, TaskKind

_TABLES = """
SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'dealer_id'
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace
AND c.relname <> 'partner_call' ORDER BY 1
"""
"""The log of partners' calls is left out: what is refused is written there too."""


def build() -> Scene:
    """Write everything down; `toko-sini` is visited, `toko-sana` is the other one."""
    here, there = world("toko-sini", staff=True), world("toko-sana")
    at = here.dealer
    supplier = factories.supplier(at, "hanya-sini", url=UNREACHABLE)
    product = factories.product(at, supplier, sku="HANYA5", nominal=5_000)
    factories.price_list(at, supplier, factories.offer())
    with tenancy.inside(at.pk):
        _wait_for_a_second_person(at, here)
        todo.ask(at.pk, TaskKind.SUPPLIER, "hanya-sini", within=timedelta(hours=2))
        scene = Scene(
            here=here,
            there=there,
            people=_people(here, there),
            supplier=supplier,
            product=product,
            route=Route.objects.get(product=product),
            account=Account.objects.filter(kind=AccountKind.SALES).earliest("pk"),
            parked=Task.objects.get(kind=TaskKind.SUPPLIER),
            brand=Brand.objects.earliest("pk"),
            keys={"machine": here.machine_key, "other_machine": there.machine_key},
            held=factories.held_list(at, supplier, factories.offer(price=53_000)),
        )
    scene.admin_ids.update(_admin_ids(scene))
    return scene


def _people(here: World, there: World) -> dict[str, User]:
    staff = {str(role): here.staff[role] for role in Role}
    platform = User.objects.create_superuser("admin@contoh.test", "konter-test-123", name="Admin")
    return {"customer": here.customer, "foreign": there.staff[Role.OWNER], "platform": platform, **staff}


def _wait_for_a_second_person(at: Dealer, here: World) -> None:
    """The silent order was sent long ago, and somebody has proposed how it ends."""
    long_ago = timezone.now() - timedelta(hours=1)
    Attempt.objects.filter(order=here.silent).update(first_sent_at=long_ago, sent_at=long_ago)
    Decision.objects.create(
        dealer=at,
        order=here.silent,
        verdict=Decision.Verdict.FAILED,
        reason="operator bilang tidak masuk",
        proposed_by=factories.user(),
    )


def _admin_ids(scene: Scene) -> dict[str, int]:
    seen = {"username": "budi@contoh.test", "ip_address": "203.0.113.7", "user_agent": "test"}
    return {
        "dealers_user": scene.people["customer"].pk,
        "dealers_dealer": scene.here.dealer.pk,
        "transactions_brand": scene.brand.pk,
        "transactions_prefix": Prefix.objects.earliest("pk").pk,
        "axes_accessattempt": AccessAttempt.objects.create(**seen, failures_since_start=1).pk,
        "axes_accesslog": AccessLog.objects.create(**seen).pk,
        "axes_accessfailurelog": AccessFailureLog.objects.create(**seen).pk,
    }


def belongings(dealer: Dealer) -> dict[str, str]:
    """A digest of everything that a dealer has, by table."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        whole = " UNION ALL ".join(
            f"SELECT '{name}', md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {name} t "
            "WHERE dealer_id = %(dealer)s"
            for (name,) in cursor.fetchall()
        )
        with tenancy.inside(dealer.pk):
            cursor.execute(whole, {"dealer": dealer.pk})
            return dict(cursor.fetchall())
