"""Small worlds for the tests: a dealer with a product, suppliers, people, and money where it is needed."""

from dataclasses import asdict, dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

import qriskit
from django.test import Client
from django.utils import timezone

from dealers import partners, rights
from dealers.models import Dealer, Membership, Partner, Role, User
from portal.lib import ids, msisdn, tenancy
from transactions import accounts, ledger, orders, postings_business, tills, webhook_endpoints
from transactions.gateways.qris import read as read_qris
from transactions.models import (
    BankAccount,
    Brand,
    Channel,
    Doubt,
    EventKind,
    HookFormat,
    Kind,
    Order,
    Price,
    Product,
    Qris,
    Route,
    RunState,
    Supplier,
    SyncRun,
    SyncState,
    Tier,
    WebhookEndpoint,
)
from transactions.suppliers import connections
from transactions.suppliers.base import Offer
from transactions.sync import lists, writing

_numbers = count(1)
NUMBER = "+628123456"
"""The first digits of a Telkomsel number; four more make it whole."""


def number(ending: str = "") -> str:
    """A valid Telkomsel number in E.164; the last digits decide what the simulator does, here: deliver."""
    plain = next(_numbers) % 900
    plain += 100 * (plain >= 200)  # none of 232 to 247, which mean something
    return f"{NUMBER}{next(_numbers) % 10:01d}{ending or f'{plain:03d}'}"


def dealer(slug: str = "", **fields: object) -> Dealer:
    """A dealer with an open book."""
    slug = slug or f"toko-{next(_numbers)}"
    made = Dealer.objects.create(slug=slug, name=slug.replace("-", " ").title(), **fields)
    with tenancy.inside(made.pk):
        ledger.open_book(made.pk)
    return made


def user(email: str = "", **fields: object) -> User:
    """Somebody who can sign in with `konter-test-123`."""
    n = next(_numbers)
    return User.objects.create_user(email or f"orang{n}@contoh.test", "konter-test-123", name=f"Orang {n}", **fields)


def member(at: Dealer, role: Role = Role.OWNER) -> User:
    """Somebody who works at a dealer."""
    made = user()
    with tenancy.inside(at.pk):
        Membership.objects.create(dealer=at, user=made, role=role)
    return made


def supplier(at: Dealer, code: str = "utama", *, url: str = "", connector: str = "digiflazz") -> Supplier:
    """A supplier of a dealer, with sealed secrets."""
    with tenancy.inside(at.pk):
        made = Supplier.objects.create(
            dealer=at, code=code, name=code, connector=connector, base_url=url, username=code
        )
        connections.seal_secrets(made, api_key=f"{code}-key", callback_secret=f"{code}-secret")
    return made


def product(
    at: Dealer,
    *suppliers: Supplier,
    sku: str = "TSEL10",
    price: int = 11_000,
    cost: int = 10_200,
    nominal: int = 10_000,
    partner_price: int = 10_500,
) -> Product:
    """A Telkomsel product on sale, with one route per supplier in the order given."""
    with tenancy.inside(at.pk):
        made = Product.objects.create(
            dealer=at,
            sku=sku,
            name=f"Telkomsel {nominal}",
            kind=Kind.PULSA,
            brand=Brand.objects.get(code="TSEL"),
            nominal=nominal,
        )
        Price.objects.create(dealer=at, product=made, tier=Tier.RETAIL, amount=price)
        Price.objects.create(dealer=at, product=made, tier=Tier.PARTNER, amount=partner_price)
        for rank, source in enumerate(suppliers, start=1):
            Route.objects.create(
                dealer=at, product=made, supplier=source, supplier_sku=sku, cost=cost + rank - 1, rank=rank
            )
    return made


def price_list(at: Dealer, source: Supplier, *offers: Offer) -> None:
    """What a supplier offered when it was last asked."""
    checked = lists.check(offers)
    with tenancy.inside(at.pk):
        began = timezone.now() - timedelta(minutes=20)
        run = SyncRun.objects.create(
            dealer=at, supplier=source, state=RunState.APPLIED, started_at=began, fetched_at=began, ended_at=began
        )
        diff = writing.differences(at.pk, source.pk, checked)
        writing.put_in_force(at.pk, source.pk, diff)
        writing.tell(run, [(EventKind.NEW, offer.sku, None, offer.price) for offer in offers])
        SyncState.objects.create(dealer=at, supplier=source, asked_at=began, synced_at=began, next_at=began)


def held_list(at: Dealer, source: Supplier, *offers: Offer) -> SyncRun:
    """A list that waits for a person."""
    checked = lists.check(offers)
    with tenancy.inside(at.pk):
        return SyncRun.objects.create(
            dealer=at,
            supplier=source,
            state=RunState.HELD,
            doubt=Doubt.WILD,
            digest=checked.digest,
            rows=len(offers),
            fetched_at=timezone.now(),
            ended_at=timezone.now(),
            offers=[asdict(offer) for offer in checked.offers.values()],
        )


def offer(sku: str = "s5", **fields: object) -> Offer:
    """A line of a price list: Telkomsel pulsa of 5.000."""
    given = {"name": "Telkomsel 5.000", "category": "Pulsa", "brand": "TELKOMSEL", "kind": "Umum", "price": 5_300}
    return Offer(sku=sku, **{"is_open": True, **given, **fields})  # type: ignore[arg-type]


def sticker(name: str = "TOKO UJI", nmid: str = "ID1020260000001", **more: object) -> str:
    """The payload of a static QRIS; `tip`, `additional_data` … as `qriskit.build` takes them."""
    accounts_of = [
        qriskit.MerchantAccount.create(tag="26", guid="ID.CO.CONTOH.WWW", pan="936009990000000001", merchant_id="1"),
        qriskit.MerchantAccount.national(nmid=nmid, criteria="UMI"),
    ]
    given: dict[str, Any] = {"merchant_city": "BANDUNG", "mcc": "4814", "postal_code": "40131", **more}
    return qriskit.build(merchant_name=name, accounts=accounts_of, **given).dumps()


def qris(at: Dealer, name: str = "TOKO UJI") -> Qris:
    """The dealer takes QRIS."""
    with tenancy.inside(at.pk):
        return tills.use_qris(at, read_qris(sticker(name)), actor=None)


def bank_account(at: Dealer, number: str = "1234567890") -> BankAccount:
    """The dealer takes bank transfers."""
    with tenancy.inside(at.pk):
        wanted = tills.NewAccount(bank="Bank Uji", number=number, holder="Toko Uji")
        return tills.add_account(at, wanted, actor=None)


def fund(at: Dealer, customer: User, amount: int) -> None:
    """Put rupiah into a customer's wallet."""
    with tenancy.inside(at.pk):
        postings_business.deposit(
            at.pk,
            to=accounts.customer_wallet(customer.pk),
            source=accounts.bank("main"),
            amount=amount,
            reference=f"test-{next(_numbers)}",
        )


def ask(for_product: Product, **fields: object) -> orders.Ask:
    """A guest's order for a product; `destination`, `gateway`, `customer` … can be given."""
    given = {
        "product": for_product,
        "destination": number(),
        "agreed_price": 1_000_000,
        "channel": Channel.WEB,
        "gateway": "sandbox",
        "form_token": ids.new_token(),
        **fields,
    }
    return orders.Ask(**given)  # type: ignore[arg-type]


def place(at: Dealer, for_product: Product, **fields: object) -> Order:
    """An order that was placed."""
    return orders.place(at, ask(for_product, **fields)).order


@dataclass
class Shop:
    """A dealer that sells one product, and a customer with money."""

    dealer: Dealer
    supplier: Supplier
    product: Product
    customer: User
    more: list[Supplier] = field(default_factory=list)

    def buy(self, ending: str = "", **fields: object) -> Order:
        """An order of the customer, paid from the wallet; the last digits decide what the supplier does."""
        chosen = {"gateway": "balance", "customer": self.customer, "destination": number(ending), **fields}
        return place(self.dealer, self.product, **chosen)

    def order(self, placed: Order) -> Order:
        """The order as it stands now."""
        with tenancy.inside(self.dealer.pk):
            return Order.objects.select_related("product").get(pk=placed.pk)

    def balance(self) -> int:
        """What the customer's wallet holds, in rupiah."""
        with tenancy.inside(self.dealer.pk):
            return ledger.wallet_balance(self.dealer.pk, accounts.customer_wallet(self.customer.pk))


def shop(*, url: str = "", suppliers: int = 1, money: int = 1_000_000, **fields: object) -> Shop:
    """A shop with one or more suppliers at `url` and a customer who has `money` rupiah."""
    at = dealer(**fields)  # type: ignore[arg-type]
    sources = [supplier(at, code, url=url) for code in ("konter-a", "konter-b", "berkah-a")[:suppliers]]
    sold = product(at, *sources)
    customer = user()
    if money:
        fund(at, customer, money)
    return Shop(at, sources[0], sold, customer, sources[1:])


def stock_partner(zero: Dealer, buyer: Dealer, amount: int = 1_000_000) -> Partner:
    """Make a dealer a partner of dealer zero, with money and the right to buy."""
    with tenancy.inside(buyer.pk):
        rights.grant(buyer, rights.BUY_STOCK, source="test")
    with tenancy.inside(zero.pk):
        made = Partner.objects.create(dealer=zero, username=f"{buyer.slug}-stok", name=buyer.name, buyer=buyer)
    fund_partner(made, amount)
    return made


def fund_partner(partner: Partner, amount: int) -> None:
    """Put rupiah into a partner's deposit."""
    with tenancy.inside(partner.dealer_id):
        postings_business.deposit(
            partner.dealer_id,
            to=accounts.wallet(partner.wallet_key),
            source=accounts.bank("main"),
            amount=amount,
            reference=f"test-{next(_numbers)}",
        )


@dataclass
class Machine:
    """A partner's program: the partner, its key in the clear, and a browser-less client that sends it."""

    partner: Partner
    key: str
    client: Client

    def post(self, path: str, body: object) -> Any:
        """Send JSON to `/api/v1/<path>`."""
        return self.client.post(f"/api/v1/{path}", body, content_type="application/json")

    def get(self, path: str, **query: str) -> Any:
        """Ask `/api/v1/<path>`."""
        return self.client.get(f"/api/v1/{path}", query)

    def orders(self, **fields: object) -> Any:
        """Place an order; `ref_id`, `sku`, `destination` … can be given."""
        return self.post("orders/", {"ref_id": "A-1", "sku": "TSEL10", "destination": "081234567890", **fields})


def machine(at: Dealer, *, money: int = 1_000_000, username: str = "mitra", **key: Any) -> Machine:
    """A partner of the dealer with a key and `money` rupiah in its deposit."""
    with tenancy.inside(at.pk):
        made = partners.invite(at, partners.Application(username=username, name="Mitra Uji"), by=None)
        plain = partners.issue(made, by=None, **key).plain
    if money:
        fund_partner(made, money)
    return Machine(made, plain, Client(headers={"Authorization": f"Bearer {plain}"}))


def endpoint(partner: Partner, url: str = "http://127.0.0.1:9/hook") -> WebhookEndpoint:
    """Where the partner wants to be told."""
    return webhook_endpoints.add(partner, url=url, how=HookFormat.NATIVE).endpoint


def spelled(destination: str) -> str:
    """A number as a person would type it."""
    return msisdn.grouped(destination)
