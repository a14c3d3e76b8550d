"""What a new dealer does until the first sale, and how far it has come."""

from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dealers.models import Dealer
from transactions import mirrors
from transactions.models import MarkupRule, Order, Price, Product, Supplier, Tier


@dataclass(frozen=True)
class Step:
    """One thing to do, where it is done, and whether it is."""

    name: Promise
    why: Promise
    url: str
    is_done: bool


def steps(dealer: Dealer) -> list[Step]:
    """From nothing to the first sale, in the order that works; nothing once something was sold."""
    if Order.objects.filter(dealer=dealer).exists():
        return []
    suppliers = list(Supplier.objects.filter(dealer=dealer))
    products = Product.objects.filter(dealer=dealer, routes__isnull=False)
    return [
        Step(_("Hubungkan pemasok"), _("Dari siapa pulsa dibeli."), _to_suppliers(suppliers), bool(suppliers)),
        Step(_("Buat aturan harga"), _("Berapa laba di atas modal."), reverse("desk:rule_add"), _has_prices(dealer)),
        Step(_("Pilih produk dari daftar harga"), _("Apa yang dijual."), _to_list(suppliers), products.exists()),
        Step(
            _("Isi saldo di pemasok"), _("Tanpa saldo, pesanan gagal."), _to_deposit(suppliers), _is_funded(suppliers)
        ),
        Step(
            _("Lihat toko"),
            _("Coba beli, lalu bagikan alamatnya."),
            reverse("shop", args=[dealer.slug]),
            _is_open(dealer),
        ),
    ]


def _to_suppliers(suppliers: list[Supplier]) -> str:
    return reverse("desk:suppliers" if suppliers else "desk:supplier_add")


def _to_list(suppliers: list[Supplier]) -> str:
    """The price list of the only supplier, else where they all are."""
    one = len(suppliers) == 1
    return reverse("desk:price_list", args=[suppliers[0].code]) if one else reverse("desk:suppliers")


def _to_deposit(suppliers: list[Supplier]) -> str:
    return reverse("desk:supplier_deposit") if suppliers else reverse("desk:suppliers")


def _has_prices(dealer: Dealer) -> bool:
    rules = MarkupRule.objects.filter(dealer=dealer, tier=Tier.RETAIL)
    return rules.exists() or Price.objects.filter(dealer=dealer, tier=Tier.RETAIL).exists()


def _is_funded(suppliers: list[Supplier]) -> bool:
    return any((row.reported_balance or 0) > 0 or mirrors.expected(row) > 0 for row in suppliers)


def _is_open(dealer: Dealer) -> bool:
    """Whether customers find something to buy."""
    usable = Q(routes__is_open=True, routes__supplier__is_open=True, prices__tier=Tier.RETAIL)
    return Product.objects.filter(usable, dealer=dealer, is_open=True).exists()
