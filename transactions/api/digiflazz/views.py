"""The calls of the Digiflazz buyer API for prepaid products, each by the portal's own use case."""

from typing import Any

from django.conf import settings

from dealers.models import Scope
from portal.lib import limits, msisdn, tenancy
from transactions import catalog, digiflazz_words, meters, orders, partner_sales, webhooks
from transactions.api.digiflazz.protocol import Call, Rejected, answers, demand
from transactions.catalog import Tile
from transactions.ledger import InsufficientBalance
from transactions.models import Kind, Tier
from transactions.models.webhooks import LONGEST_URL
from transactions.partner_sales import Wish

FULL_LISTS_PER_MINUTE = 1 / 5
_CATEGORIES = {Kind.PULSA: "Pulsa", Kind.DATA: "Data", Kind.PLN: "PLN"}
_BILLS = frozenset({"inq-pasca", "pay-pasca"})
_DIGITS = frozenset({msisdn.Reason.TOO_SHORT, msisdn.Reason.TOO_LONG})


@answers(salt="depo")
def balance(call: Call) -> object:
    """`POST cek-saldo`: rupiah in the deposit."""
    demand(call, Scope.READ)
    return {"deposit": partner_sales.balance(call.caller)}


@answers(salt="pricelist")
def price_list(call: Call) -> object:
    """`POST price-list`: the whole list once in five minutes, parts of it whenever they are wanted."""
    demand(call, Scope.READ)
    if call.text("cmd") == "pasca":
        return []
    wanted = {name: call.text(name).lower() for name in ("code", "category", "brand", "type")}
    if not any(wanted.values()):
        answer = limits.check("h2h-list", str(call.caller.partner.pk), per_minute=FULL_LISTS_PER_MINUTE, burst=1)
        if isinstance(answer, limits.Refused):
            raise Rejected("83")
    dealer_id, tier = call.caller.dealer.pk, Tier(call.caller.partner.tier)
    with tenancy.inside(dealer_id):
        tiles = [tile for kind in Kind for tile in catalog.tiles(dealer_id, kind=kind, brand=None, tier=tier)]
    rows = [_item(tile, seller=call.caller.dealer.name) for tile in tiles]
    return [row for row in rows if _is_wanted(row, wanted)]


def _item(tile: Tile, *, seller: str) -> dict[str, Any]:
    product = tile.product
    return {
        "product_name": product.name,
        "category": _CATEGORIES[Kind(product.kind)],
        "brand": product.brand.name.upper(),
        "type": "Umum",
        "seller_name": seller,
        "price": tile.price,
        "buyer_sku_code": product.sku,
        "buyer_product_status": True,
        "seller_product_status": tile.is_open,
        "unlimited_stock": True,
        "stock": 0,
        "multi": True,
        "start_cut_off": "0:0",
        "end_cut_off": "0:0",
        "desc": product.description,
    }


def _is_wanted(row: dict[str, Any], wanted: dict[str, str]) -> bool:
    fields = {"code": "buyer_sku_code", "category": "category", "brand": "brand", "type": "type"}
    return all(not value or str(row[fields[name]]).lower() == value for name, value in wanted.items())


@answers(field="ref_id")
def transaction(call: Call) -> object:
    """`POST transaction`: a top-up, or, sent again, how it stands."""
    demand(call, Scope.BUY)
    command = call.text("commands")
    if command in _BILLS:
        raise Rejected("43", "Produk pascabayar tidak dijual di sini")
    ref_id, is_trial = call.text("ref_id"), call.data.get("testing") is True
    if not ref_id or not ref_id.isprintable():
        raise Rejected("40", "Payload Error: ref_id")
    if command == "status-pasca":
        found = partner_sales.find(call.caller, ref_id, is_trial=is_trial)
        if found is None:
            raise Rejected("50")
        return digiflazz_words.data_of(found, balance=_balance(call, is_trial=is_trial))
    wish = Wish(
        ref_id=ref_id,
        sku=call.text("buyer_sku_code", longest=20),
        destination=call.text("customer_no", longest=32),
        max_price=call.rupiah("max_price"),
        is_trial=is_trial,
        callback_url=_callback(call),
    )
    if not wish.sku or not wish.destination:
        raise Rejected("40")
    sold = _buy(call, wish)
    return digiflazz_words.data_of(sold.order, balance=_balance(call, is_trial=is_trial))


def _callback(call: Call) -> str:
    """Where the end of this order is to be told, if not where it always is. Raises `Rejected`."""
    url = call.text("cb_url", longest=LONGEST_URL)
    if url:
        try:
            webhooks.check_url(url)
        except webhooks.BadUrl as error:
            raise Rejected("40", "Payload Error: cb_url") from error
    return url


def _buy(call: Call, wish: Wish) -> partner_sales.Sold:
    """Codes of refusals without a transaction: sent again, the request may be taken."""
    try:
        return partner_sales.buy(call.caller, wish)
    except partner_sales.UnknownSku as error:
        raise Rejected("43") from error
    except partner_sales.WrongBrand as error:
        raise Rejected("52") from error
    except partner_sales.BadDestination as error:
        raise Rejected("57" if error.error.reason in _DIGITS else "54") from error
    except partner_sales.RefIdReused as error:
        raise Rejected("49") from error
    except (InsufficientBalance, partner_sales.CapReached) as error:
        raise Rejected("44") from error
    except orders.PriceRose as error:
        raise Rejected("69") from error
    except orders.ProductClosed as error:
        raise Rejected("62") from error


def _balance(call: Call, *, is_trial: bool) -> int:
    return partner_sales.balance(call.caller, is_trial=is_trial)


@answers(field="customer_no")
def inquire_pln(call: Call) -> object:
    """`POST inquiry-pln`: the name behind a meter."""
    demand(call, Scope.READ)
    number = call.text("customer_no", longest=20)
    key = str(call.caller.partner.pk)
    if isinstance(limits.check("h2h-pln", key, per_minute=settings.NAME_CHECKS_PER_MINUTE), limits.Refused):
        raise Rejected("86")
    try:
        found = meters.customer(call.caller.dealer, msisdn.parse_meter(number))
    except (msisdn.NotANumber, meters.UnknownMeter) as error:
        raise Rejected("54") from error
    except meters.CannotAsk as error:
        raise Rejected("62") from error
    return {
        "message": digiflazz_words.message("00"),
        "status": digiflazz_words.SUCCESS,
        "rc": "00",
        "customer_no": found.customer_no,
        "meter_no": found.meter_no,
        "subscriber_id": found.subscriber_id,
        "name": found.name,
        "segment_power": found.segment_power,
    }
