"""The demo: four dealers, their people, what they sell, and enough money to try everything.

Names, addresses and passwords are public and relied on from outside. Everything is made through the
same use cases as in production; only the opening balances are given.
"""

from dataclasses import dataclass

import qriskit
from django.conf import settings
from django.db import transaction

from dealers import partners
from dealers.models import Dealer, Membership, Partner, PlatformRole, Role, User
from portal import opening
from portal.lib import tenancy
from portal.opening import NewDealer
from transactions import accounts, ledger, postings_business, pricing, tills, webhook_endpoints
from transactions.gateways import qris
from transactions.models import Brand, HookFormat, Kind, MarkupRule, Price, Product, Route, Supplier, Tier
from transactions.stock import SUPPLIER as STOCK
from transactions.suppliers import connections
from transactions.suppliers.simulator import accounts as simulator
from transactions.suppliers.simulator import catalogue

PASSWORD = "konter-demo"  # noqa: S105  public on purpose
OPENING = 1_000_000_000
STOCK_DEPOSIT = 250_000_000
SANDBOX_SKU = "xld10"
PEER_DEPOSIT = 10_000_000


@dataclass(frozen=True)
class Shop:
    """One dealer of the demo, the accounts it has at the simulator, and whether it buys dealer zero's stock."""

    slug: str
    name: str
    regency: str
    address: str
    phone: str
    time_zone: str
    colour: str
    suppliers: tuple[str, ...] = ()
    buys_stock: bool = True


SHOPS = (
    Shop(
        "konter",
        "Konter Pusat",
        "Kota Jakarta Pusat",
        "Jl. Kebon Sirih 8",
        "+622131900000",
        "Asia/Jakarta",
        "#0b6b55",
        (simulator.KONTER_A, simulator.KONTER_B),
        buys_stock=False,
    ),
    Shop(
        "berkah-cell",
        "Berkah Cell",
        "Kota Bandung",
        "Jl. Cihampelas 12",
        "+622242000000",
        "Asia/Jakarta",
        "#0b6b55",
        (simulator.BERKAH_A,),
    ),
    Shop(
        "sinar-pulsa",
        "Sinar Pulsa",
        "Kota Makassar",
        "Jl. Pettarani 45",
        "+624118000000",
        "Asia/Makassar",
        "#8a3b12",
    ),
    Shop(
        "timur-jaya",
        "Timur Jaya",
        "Kota Jayapura",
        "Jl. Ahmad Yani 3",
        "+629675000000",
        "Asia/Jayapura",
        "#1f4f8f",
    ),
)
_BRANDS = {
    "TELKOMSEL": "TSEL",
    "INDOSAT": "ISAT",
    "XL": "XL",
    "AXIS": "AXIS",
    "TRI": "TRI",
    "SMARTFREN": "SMART",
    "by.U": "BYU",
    "PLN": "PLN",
}
_KINDS = {catalogue.PULSA: Kind.PULSA, catalogue.DATA: Kind.DATA, catalogue.PLN: Kind.PLN}


def load() -> None:
    """Make the demo. The database holds no dealer yet."""
    _platform_people()
    dealers = {shop.slug: _dealer(shop) for shop in SHOPS}
    zero = dealers["konter"]
    for shop in SHOPS:
        _sell(dealers[shop.slug], shop, zero)
    _customer(dealers["berkah-cell"])
    _tills(dealers["berkah-cell"])
    _account(zero, number="9876543210", holder="Konter Pusat")
    _partner(dealers["berkah-cell"])
    _peer(dealers["timur-jaya"], dealers["berkah-cell"])


def _person(email: str, name: str, **fields: object) -> User:
    return User.objects.create_user(email, PASSWORD, name=name, **fields)


def _platform_people() -> None:
    User.objects.create_superuser("admin@konter.test", PASSWORD, name="Admin Konter")
    _person("reviewer@konter.test", "Rina Peninjau", platform_role=PlatformRole.REVIEWER)
    _person("finance@konter.test", "Fajar Keuangan", platform_role=PlatformRole.FINANCE)


def _dealer(shop: Shop) -> Dealer:
    with transaction.atomic():
        users = {role: _person(f"{role}@{shop.slug}.test", f"{role.label} {shop.name}") for role in Role}
        wanted = NewDealer(
            slug=shop.slug,
            name=shop.name,
            owner=users[Role.OWNER].email,
            is_zero=shop.slug == "konter",
            buys_stock=shop.buys_stock,
            regency=shop.regency,
            address=shop.address,
            phone=shop.phone,
            time_zone=shop.time_zone,
            colour=shop.colour,
            source="demo",
        )
        dealer = opening.open_dealer(wanted).dealer
        with tenancy.inside(dealer.pk):
            for role in [role for role in Role if role != Role.OWNER]:
                Membership.objects.create(dealer=dealer, user=users[role], role=role)
    return dealer


def _sell(dealer: Dealer, shop: Shop, zero: Dealer) -> None:
    stock: dict[str, int] = {}
    if shop.buys_stock:
        _deposit_for_stock(dealer, zero)
        stock = _stock_costs(zero)
    with tenancy.inside(dealer.pk):
        suppliers = [_own_supplier(dealer, name) for name in shop.suppliers]
        if shop.buys_stock:
            suppliers.append(_stock_supplier(dealer))
        _rules(dealer)
        _products(dealer, suppliers, stock)
        pricing.reprice(dealer.pk)


def _own_supplier(dealer: Dealer, account: str) -> Supplier:
    known = next(row for row in simulator.demo_accounts() if row.username == account)
    supplier = Supplier.objects.create(
        dealer=dealer,
        code=account,
        name=f"Digiflazz ({account})",
        connector="digiflazz",
        base_url=f"http://127.0.0.1:{settings.SIMULATOR_PORT}/v1",
        username=account,
    )
    connections.seal_secrets(supplier, api_key=known.api_key, callback_secret=known.webhook_secret)
    _fund_supplier(supplier, OPENING)
    return supplier


def _stock_supplier(dealer: Dealer) -> Supplier:
    supplier = Supplier.objects.get(dealer=dealer, code=STOCK)
    _fund_supplier(supplier, STOCK_DEPOSIT)
    return supplier


def _fund_supplier(supplier: Supplier, amount: int) -> None:
    dealer_id = supplier.dealer_id
    ledger.move(
        dealer_id,
        frm=accounts.bank("main"),
        to=accounts.EQUITY,
        amount=amount,
        entry=ledger.Entry(f"opening:{supplier.code}"),
    )
    postings_business.top_up_supplier(
        dealer_id, supplier=supplier.code, bank="main", amount=amount, reference="opening"
    )


def _deposit_for_stock(dealer: Dealer, zero: Dealer) -> None:
    with tenancy.inside(zero.pk):
        partner = Partner.objects.get(dealer=zero, buyer=dealer)
        postings_business.deposit(
            zero.pk,
            to=accounts.wallet(partner.wallet_key),
            source=accounts.bank("main"),
            amount=STOCK_DEPOSIT,
            reference=f"opening-{dealer.slug}",
        )


def _rules(dealer: Dealer) -> None:
    MarkupRule.objects.bulk_create(
        [
            MarkupRule(dealer=dealer, tier=Tier.RETAIL, fixed=800, round_to=100),
            MarkupRule(dealer=dealer, tier=Tier.RETAIL, kind=Kind.PLN, fixed=1_500, round_to=500),
            MarkupRule(dealer=dealer, tier=Tier.RETAIL, kind=Kind.DATA, fixed=1_000, percent_bp=100, round_to=100),
            MarkupRule(dealer=dealer, tier=Tier.PARTNER, fixed=100, round_to=1),
        ]
    )


def _stock_costs(zero: Dealer) -> dict[str, int]:
    """What dealer zero's partners pay, in rupiah by SKU."""
    with tenancy.inside(zero.pk):
        prices = Price.objects.filter(dealer=zero, tier=Tier.PARTNER).select_related("product")
        return {price.product.sku: price.amount for price in prices}


def _products(dealer: Dealer, suppliers: list[Supplier], stock: dict[str, int]) -> None:
    surcharges = {row.username: row.surcharge for row in simulator.demo_accounts()}
    brands = {brand.code: brand for brand in Brand.objects.all()}
    for position, row in enumerate(catalogue.PRODUCTS, start=1):
        product = Product.objects.create(
            dealer=dealer,
            sku=row.sku,
            name=row.name,
            kind=_KINDS[row.category],
            brand=brands[_BRANDS[row.brand]],
            nominal=row.face,
            description=row.description,
            position=position,
        )
        if row.sku == SANDBOX_SKU:
            continue  # without a route it has no cost and no price: nobody is offered it
        for rank, supplier in enumerate(suppliers, start=1):
            cost = stock[row.sku] if supplier.connector == "zero" else row.cost + surcharges[supplier.code]
            Route.objects.create(
                dealer=dealer, product=product, supplier=supplier, supplier_sku=row.sku, cost=cost, rank=rank
            )


def _customer(dealer: Dealer) -> None:
    budi = _person("budi@contoh.test", "Budi Santoso", phone="+6281234567890")
    with tenancy.inside(dealer.pk):
        postings_business.deposit(
            dealer.pk,
            to=accounts.customer_wallet(budi.pk),
            source=accounts.bank("main"),
            amount=200_000,
            reference="opening-budi",
        )


def _partner(dealer: Dealer) -> None:
    """A machine that buys here, with a key that everybody knows."""
    wanted = partners.Application(username="mitra-demo", name="Mitra Demo", contact="Sari", email="sari@contoh.test")
    with tenancy.inside(dealer.pk):
        partner = partners.invite(dealer, wanted, by=None)
        partners.issue(partner, by=None, plain="mitra-demo-key")
        webhook_endpoints.set_partner_secret(partner, HookFormat.DIGIFLAZZ, "mitra-demo-secret")
        native = "whsec_bWl0cmEtZGVtby1zZWNyZXQtMzItYnl0ZXMtbG9uZyE="
        webhook_endpoints.set_partner_secret(partner, HookFormat.NATIVE, native)
        postings_business.deposit(
            dealer.pk,
            to=accounts.wallet(partner.wallet_key),
            source=accounts.bank("main"),
            amount=10_000_000,
            reference="opening-mitra-demo",
        )


def _peer(buyer: Dealer, seller: Dealer) -> None:
    """A dealer that buys from another by machine, as if from another portal: connected and paid into, without routes.

    What is sold stays with the routes that are there; taking its products from the price list is left to the desk.
    """
    wanted = partners.Application(username="timur-jaya", name=buyer.name, contact="Yohanes")
    key, secret = "timur-jaya-demo-key", "whsec_dGltdXItamF5YS1kZW1vLXNlY3JldC0zMi1ieXRlcyE="
    with tenancy.inside(seller.pk):
        partner = partners.invite(seller, wanted, by=None)
        partners.issue(partner, by=None, plain=key)
        postings_business.deposit(
            seller.pk,
            to=accounts.wallet(partner.wallet_key),
            source=accounts.bank("main"),
            amount=PEER_DEPOSIT,
            reference="opening-timur-jaya-peer",
        )
    with tenancy.inside(buyer.pk):
        supplier = Supplier.objects.create(
            dealer=buyer,
            code=seller.slug,
            name=f"{seller.name} (mitra)",
            connector="konter",
            base_url=f"http://127.0.0.1:{settings.PORT}",
            username=partner.username,
        )
        connections.seal_secrets(supplier, api_key=key, callback_secret=secret)
        _fund_supplier(supplier, PEER_DEPOSIT)
        url = connections.callback_url(supplier, dealer_slug=buyer.slug)
    with tenancy.inside(seller.pk):
        webhook_endpoints.add(partner, url=url, how=HookFormat.NATIVE, secret=secret)


def _tills(dealer: Dealer) -> None:
    """A QRIS with a made-up NMID of no acquirer, and a bank account that nobody has."""
    accounts_of = [
        qriskit.MerchantAccount.create(
            tag="26", guid="ID.CO.CONTOH.WWW", pan="936009990000000017", merchant_id="000000017", criteria="UMI"
        ),
        qriskit.MerchantAccount.national(nmid="ID1020260000017", criteria="UMI"),
    ]
    sticker = qriskit.build(
        merchant_name="BERKAH CELL",
        merchant_city="BANDUNG",
        mcc="4814",
        accounts=accounts_of,
        postal_code="40131",
        additional_data={"07": "A01"},
    )
    with tenancy.inside(dealer.pk):
        tills.use_qris(dealer, qris.read(sticker.dumps()), actor=None)
    _account(dealer, number="1234567890", holder="Berkah Cell")


def _account(dealer: Dealer, *, number: str, holder: str) -> None:
    with tenancy.inside(dealer.pk):
        tills.add_account(dealer, tills.NewAccount(bank="Bank Contoh", number=number, holder=holder), actor=None)
