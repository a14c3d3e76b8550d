"""What suppliers and gateways call: whoever does not sign is refused, whoever it is."""

from tests.addresses.expect import Row, everyone

ROWS = {
    "hooks:supplier": Row(
        get=everyone(405),
        post=everyone(401),
        at=lambda w: {"slug": w.dealer.slug, "code": w.supplier.code},
    ),
    "hooks:payment": Row(get=everyone(405), post=everyone(401), at=lambda w: {"gateway": "sandbox"}),
}
