"""Addresses of the native API: for partners' machines; nobody who has merely signed in gets past them."""

from portal.lib import tenancy
from tests.urls.rows import PEOPLE, Row, Scene
from transactions.models import WebhookDelivery, WebhookEndpoint

NOBODY = " ".join(["401"] * len(PEOPLE))


def _order(_scene: Scene) -> dict[str, str]:
    # Both dealers sell it, each to its own partner.
    return {"ref_id": "W-1", "sku": "TSEL10", "destination": "081234567890"}


def _batch(scene: Scene) -> dict[str, object]:
    return {"orders": [_order(scene)]}


def _tried(_scene: Scene) -> list[str]:
    return ["T-1"]


def hook(scene: Scene) -> list[object]:
    with tenancy.inside(scene.here.dealer.pk):
        return [WebhookEndpoint.objects.get(dealer=scene.here.dealer).code]


def told(scene: Scene) -> list[object]:
    with tenancy.inside(scene.here.dealer.pk):
        return [WebhookDelivery.objects.get(dealer=scene.here.dealer).pk]


def deposit(scene: Scene) -> list[object]:
    return [scene.here.deposit.code]


ROWS = [
    Row(
        name="api:orders",
        get=f"{NOBODY} 200 200",
        post=f"{NOBODY} 201 201",
        fields=_order,
        sends_json=True,
        changes=True,
    ),
    Row(
        name="api:order_batch",
        get=f"{NOBODY} 404 404",
        post=f"{NOBODY} 200 200",
        fields=_batch,  # type: ignore[arg-type]
        sends_json=True,
        changes=True,
    ),
    # Tried out with a sandbox key: no order of these live keys.
    Row(name="api:order", at=_tried, get=f"{NOBODY} 404 404", post=f"{NOBODY} 405 405", sends_json=True),
    Row(name="api:balance", get=f"{NOBODY} 200 200", post=f"{NOBODY} 405 405", sends_json=True),
    Row(name="api:statements", get=f"{NOBODY} 200 200", post=f"{NOBODY} 405 405", sends_json=True),
    Row(name="api:products", get=f"{NOBODY} 200 200", post=f"{NOBODY} 405 405", sends_json=True),
    Row(name="api:product_changes", get=f"{NOBODY} 200 200", post=f"{NOBODY} 405 405", sends_json=True),
    Row(
        name="api:site_maturity",
        at=lambda s: [s.here.dealer.slug],
        # Public among partners: whom to trade with is chosen by it.
        get=f"{NOBODY} 200 200",
        post=f"{NOBODY} 405 405",
        sends_json=True,
    ),
    Row(
        name="api:brand",
        query=lambda s: {"number": "081234567890"},
        get=f"{NOBODY} 200 200",
        post=f"{NOBODY} 405 405",
        sends_json=True,
    ),
    Row(
        name="api:webhooks",
        get=f"{NOBODY} 200 200",
        post=f"{NOBODY} 422 422",
        fields=lambda s: {"url": "http://127.0.0.1:9/"},
        sends_json=True,
    ),
    Row(name="api:deliveries", get=f"{NOBODY} 200 200", post=f"{NOBODY} 405 405", sends_json=True),
    Row(name="api:webhook", at=hook, get=f"{NOBODY} 405 405", post=f"{NOBODY} 405 405", sends_json=True),
    *(
        Row(
            name=f"api:{name}",
            at=at,
            get=f"{NOBODY} 405 405",
            post=f"{NOBODY} {status} 404",
            sends_json=True,
            changes=name != "webhook_resume",
        )
        for name, at, status in (
            ("webhook_test", hook, 202),
            ("webhook_resume", hook, 200),
            ("webhook_replay", hook, 202),
            ("delivery_replay", told, 202),
        )
    ),
    Row(name="api:calls", get=f"{NOBODY} 200 200", post=f"{NOBODY} 405 405", sends_json=True),
    Row(
        name="api:deposits",
        get=f"{NOBODY} 200 200",
        post=f"{NOBODY} 201 201",
        fields=lambda s: {"amount": 125_000},  # type: ignore[dict-item]
        sends_json=True,
        changes=True,
    ),
    Row(name="api:deposit", at=deposit, get=f"{NOBODY} 200 404", post=f"{NOBODY} 405 405", sends_json=True),
    Row(
        name="api:deposit_claim",
        at=deposit,
        get=f"{NOBODY} 405 405",
        post=f"{NOBODY} 200 404",
        fields=lambda s: {"proof": "TRX 1"},
        sends_json=True,
        changes=True,
    ),
    Row(name="api:schema", get="200", post="405", sends_json=True),
    Row(name="api:docs", get="200", post="405", sends_json=True),
    Row(name="api:nothing", at=lambda s: ["nichts"], get="404", post="404", sends_json=True),
]
# Proven by a sign in the body, which nobody sends here.
ROWS += [
    Row(name=f"digiflazz:{name}", get="400", post="400", sends_json=True)
    for name in ("balance", "price_list", "deposit", "transaction", "inquire_pln")
]
# Asks for no proof; nobody knows the id.
ROWS += [Row(name="digiflazz:ping", at=lambda s: ["nichts"], get="400", post="404", sends_json=True)]
ROWS += [Row(name="digiflazz:nothing", at=lambda s: ["nichts"], get="404", post="404", sends_json=True)]
