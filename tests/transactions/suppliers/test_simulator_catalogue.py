"""What the simulator sells is what the demo promises, at prices like those of the trade."""

from transactions.suppliers.simulator.accounts import demo_accounts
from transactions.suppliers.simulator.catalogue import BY_SKU, DATA, PRODUCTS, PULSA


def test_every_brand_has_pulsa_from_5_to_100_thousand() -> None:
    for prefix in ("TSEL", "ISAT", "XL", "AXIS", "TRI", "SMART", "BYU"):
        for thousands in (5, 10, 15, 20, 25, 30, 40, 50, 75, 100):
            product = BY_SKU[f"{prefix}{thousands}"]
            assert (product.category, product.face) == (PULSA, thousands * 1_000)


def test_no_two_products_share_a_sku() -> None:
    assert len(BY_SKU) == len(PRODUCTS)


def test_the_promised_tokens_and_the_sandbox_sku_are_there() -> None:
    assert {"PLN20", "PLN50", "PLN100", "PLN200", "PLN500", "PLN1000", "XLD10"} <= set(BY_SKU)


def test_small_nominals_cost_above_their_face_and_large_ones_below() -> None:
    for product in PRODUCTS:
        if product.category == PULSA:
            assert product.face > 15_000 or product.cost > product.face, product
            assert product.face < 25_000 or product.cost < product.face, product
            assert abs(product.cost - product.face) <= 1_700


def test_every_brand_has_data_packages_with_size_and_days() -> None:
    packages = [product for product in PRODUCTS if product.category == DATA]
    assert {product.brand for product in packages} == {
        product.brand for product in PRODUCTS if product.category == PULSA
    }
    assert all(product.gigabytes > 0 and product.days > 0 and "GB" in product.description for product in packages)


def test_the_demo_has_three_accounts_of_which_the_second_is_dearer() -> None:
    first, second, third = demo_accounts()
    assert [account.username for account in (first, second, third)] == ["konter-a", "konter-b", "berkah-a"]
    assert first.surcharge < second.surcharge
    assert {account.balance for account in (first, second, third)} == {1_000_000_000}
