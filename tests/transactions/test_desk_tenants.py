"""Another dealer's things are not there: 404 for every address that names one, by GET and by POST."""

import pytest
from django.urls import reverse

from dealers.models import Role
from portal.lib import tenancy
from tests import factories
from tests.transactions.desk_rig import NO, desk
from transactions.models import Account, Incident, IncidentKind, MarkupRule, Refund, Route, Task, TaskKind

pytestmark = pytest.mark.django_db

_LISTS = ("price_list", "price_list_fetch", "price_list_take")
_OF_SUPPLIERS = ("supplier", "supplier_edit", "supplier_ask", "supplier_switch", *_LISTS)


def _foreign() -> dict[str, list[object]]:
    """Addresses of everything that another dealer has."""
    other = desk()
    shop, order = other.shop, other.paid_by_guest()
    attempt = other.sent(order, NO)
    with tenancy.inside(shop.dealer.pk):
        rule = MarkupRule.objects.create(dealer=shop.dealer, fixed=800)
        about = {"dealer": shop.dealer, "order": order, "attempt": attempt, "kind": IncidentKind.LATE_SUCCESS}
        incident = Incident.objects.create(**about, raw_reference="rc 00", proposal="recapture", cost=10_200)
        task = Task.objects.get(kind=TaskKind.REFUND).pk
        refund, route = Refund.objects.get().pk, Route.objects.get().pk
        account = Account.objects.filter(kind="cash").values_list("pk", flat=True)[0]
    sku = "LAIN5"
    factories.product(shop.dealer, shop.supplier, sku=sku)
    with tenancy.inside(shop.dealer.pk):
        shop.supplier.code = "lain"
        shop.supplier.save(update_fields=["code"])
    code = order.code
    by_code: dict[str, list[object]] = {
        name: [code] for name in ("order", "order_live", "order_cash", "order_cancel", "order_decide", "order_approve")
    }
    by_code |= {"order_part_back": [code], "order_goodwill": [code]}
    return by_code | {
        "refund": [refund],
        "task_close": [task],
        "incident": [incident.pk],
        "account": [account],
        "account_csv": [account],
        "product": [sku],
        "price": [sku, "retail"],
        "route": [route],
        "rule": [rule.pk],
        "rule_delete": [rule.pk],
        "route_add": [sku],
        **{name: ["lain"] for name in _OF_SUPPLIERS},
    }


def test_nothing_of_another_dealer_is_found() -> None:
    browser = desk().as_(Role.OWNER)
    posted = {"order_approve", "task_close", "price", "supplier_ask", "price_list_fetch", "price_list_take"}
    only_shown = {"account", "account_csv", "order", "order_live", "supplier", "price_list"}
    for name, arguments in _foreign().items():
        address = reverse(f"desk:{name}", args=arguments)
        answers = [browser.post(address, {"sure": "on"}).status_code]
        if name not in posted:
            answers.append(browser.get(address).status_code)
        expected = 405 if name in only_shown else 404
        assert answers == [expected] + ([] if name in posted else [404]), name
