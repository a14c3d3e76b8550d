"""Which of the dealer's products a supplier's unknown code surely is: the same brand, kind and face value.

Packages have no face value, so their names must agree. Where two products would fit, none is suggested; a product
is suggested once.
"""

from collections import defaultdict
from collections.abc import Iterable

from transactions.models import Product, Route, Supplier
from transactions.offers import Line

_Key = tuple[str, int, int | str]


def suggest(supplier: Supplier, lines: Iterable[Line]) -> dict[str, Product]:
    """By the supplier's code: products that have no route from this supplier yet."""
    mine = Route.objects.filter(dealer_id=supplier.dealer_id, supplier=supplier).values("product")
    rows = Product.objects.filter(dealer_id=supplier.dealer_id).exclude(pk__in=mine).select_related("brand")
    return match(lines, rows)


def match(lines: Iterable[Line], products: Iterable[Product]) -> dict[str, Product]:
    """By the supplier's code: the one product that each line surely is, in the order of the lines."""
    alike: dict[_Key, list[Product]] = defaultdict(list)
    for product in products:
        alike[_key(product.kind, product.brand_id, product.nominal, product.name)].append(product)
    found: dict[str, Product] = {}
    used: set[int] = set()
    for line in lines:
        if line.brand is None or line.kind is None:
            continue
        key = _key(line.kind, line.brand.pk, line.nominal, line.offer.name)
        same = [product for product in alike.get(key, ()) if product.pk not in used]
        if len(same) == 1:
            found[line.offer.sku] = same[0]
            used.add(same[0].pk)
    return found


def _key(kind: str, brand_id: int, nominal: int, name: str) -> _Key:
    return str(kind), brand_id, nominal or name.casefold()
