"""What the native API takes and answers. Sums are whole rupiah, times ISO 8601 with zone, numbers `08…`."""

from typing import Any

from django.core.validators import RegexValidator
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from transactions.models import EventKind, Kind, Status
from transactions.partner_orders import PartnerOrder

LONGEST_REF_ID = 64
MOST_IN_A_BATCH = 50


class Text(serializers.CharField):
    """Text and nothing else: a number that became JSON's has lost its leading zero."""

    def to_internal_value(self, data: object) -> str:
        """Raises `ValidationError` for what is no text."""
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Whole(serializers.IntegerField):
    """A JSON number without a fraction: what is described as an integer is no text and no truth value."""

    def to_internal_value(self, data: object) -> int:
        """Raises `ValidationError` for anything else."""
        if isinstance(data, bool) or not isinstance(data, int | float):
            self.fail("invalid")
        return super().to_internal_value(data)


class YesNo(serializers.BooleanField):
    """`true` or `false`, and none of the words that forms have for them."""

    def to_internal_value(self, data: object) -> bool:
        """Raises `ValidationError` for anything else."""
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class RefId(Text):
    """A partner's own id of an order."""

    def __init__(self, **more: Any) -> None:
        super().__init__(max_length=LONGEST_REF_ID, trim_whitespace=False, **more)
        self.validators.append(RegexValidator(r"^[A-Za-z0-9._~:@=+-]+\Z"))


class NewOrder(serializers.Serializer[None]):
    """An order to place. The same `ref_id` with the same content is the same order, for ever."""

    ref_id = RefId(help_text="Your own id: letters, digits and ._~:@=+-")
    sku = Text(max_length=20, min_length=1, help_text="From `/products/`, in any case.")
    destination = Text(max_length=32, min_length=1, help_text="Phone number in any spelling, or meter number.")
    max_price = Whole(
        required=False, allow_null=True, min_value=1, max_value=1_000_000_000, help_text="The most you pay, in rupiah."
    )


@extend_schema_field(NewOrder(many=True))
class Lines(serializers.ListField):
    """Lines of a batch: read one by one, so that one that is wrong stops no other."""

    child = serializers.JSONField()


class Batch(serializers.Serializer[None]):
    """Up to 50 orders in one call; each is answered on its own."""

    orders = Lines(min_length=1, max_length=MOST_IN_A_BATCH)


class OrderOut(serializers.Serializer[PartnerOrder]):
    """An order as it stands."""

    code = serializers.CharField(help_text="Our order code.")
    ref_id = serializers.CharField()
    status = serializers.ChoiceField(choices=[status.value for status in Status])
    sku = serializers.CharField()
    brand = serializers.CharField()
    destination = serializers.CharField()
    price = serializers.IntegerField(help_text="Rupiah; taken from the deposit, given back when the order fails.")
    sn = serializers.CharField(allow_blank=True, help_text="Serial number or PLN token, once it succeeded.")
    rc = serializers.CharField(allow_blank=True)
    reason = serializers.CharField(help_text="Why it failed, as one stable word; `none` otherwise.")
    sandbox = serializers.BooleanField(source="is_sandbox")
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class OrderPage(serializers.Serializer[Any]):
    """A day's orders in the order in which they came; `next` is the cursor of the next page, null on the last."""

    date = serializers.DateField(allow_null=True, help_text="Null where one order was asked for.")
    time_zone = serializers.CharField()
    results = OrderOut(many=True)
    next = serializers.IntegerField(allow_null=True)


class Problem(serializers.Serializer[None]):
    """Problem details (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField(help_text="A stable word for programs.")
    detail = serializers.CharField()
    request_id = serializers.CharField(required=False)


class BatchItem(serializers.Serializer[None]):
    """What became of one line of a batch: an order or a problem."""

    status = serializers.IntegerField(help_text="The HTTP status that the line alone would have got.")
    order = OrderOut(required=False)
    problem = Problem(required=False)


class BatchOut(serializers.Serializer[None]):
    """One item per line, in the order of the lines."""

    results = BatchItem(many=True)


class Balance(serializers.Serializer[None]):
    """What lies in the deposit."""

    balance = serializers.IntegerField(help_text="Rupiah.")
    sandbox = serializers.BooleanField()


class ProductOut(serializers.Serializer[None]):
    """A product at this partner's price."""

    sku = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=[kind.value for kind in Kind])
    brand = serializers.CharField()
    nominal = serializers.IntegerField(help_text="Face value in rupiah; 0 where there is none.")
    price = serializers.IntegerField(help_text="Rupiah.")
    is_open = serializers.BooleanField()
    reopens_at = serializers.DateTimeField(allow_null=True)
    description = serializers.CharField(allow_blank=True)


class ProductPage(serializers.Serializer[None]):
    """Products in the order of their SKU; `next` is the cursor of the next page, null on the last."""

    results = ProductOut(many=True)
    next = serializers.CharField(allow_null=True)


class ChangeOut(serializers.Serializer[Any]):
    """What happened to one product."""

    version = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=[kind.value for kind in EventKind])
    sku = serializers.CharField()
    old = serializers.IntegerField(allow_null=True, help_text="Your price before in rupiah, where it changed.")
    new = serializers.IntegerField(allow_null=True, help_text="Your price after in rupiah.")
    at = serializers.DateTimeField()


class ChangePage(serializers.Serializer[Any]):
    """Changes in the order in which they took effect."""

    results = ChangeOut(many=True)
    version = serializers.IntegerField(help_text="What to ask `since` next.")
    more = serializers.BooleanField(help_text="Whether there are more already.")


class SiteMaturity(serializers.Serializer[Any]):
    """How far a site has come."""

    slug = serializers.CharField()
    name = serializers.CharField()
    level = serializers.IntegerField(allow_null=True, min_value=1, max_value=4, help_text="Null: none is measured.")
    measured_at = serializers.DateTimeField(allow_null=True)


class BrandOut(serializers.Serializer[None]):
    """Whose number it is."""

    number = serializers.CharField()
    brand = serializers.CharField(allow_null=True, help_text="Null: the prefix is not known.")
    name = serializers.CharField(allow_null=True)


class StatementLine(serializers.Serializer[None]):
    """One movement of the deposit."""

    at = serializers.DateTimeField()
    kind = serializers.CharField(help_text="`order`, `refund`, `deposit` or `other`.")
    reference = serializers.CharField(help_text="Ours, unique.")
    order = serializers.CharField(allow_null=True, help_text="Our order code.")
    ref_id = serializers.CharField(allow_null=True)
    amount = serializers.IntegerField(help_text="Rupiah; negative when it left the deposit.")
    balance = serializers.IntegerField(help_text="Rupiah in the deposit afterwards.")


class StatementPage(serializers.Serializer[Any]):
    """A day of the deposit, in the dealer's time zone."""

    date = serializers.DateField()
    time_zone = serializers.CharField()
    opening = serializers.IntegerField(help_text="Rupiah at the day's beginning.")
    closing = serializers.IntegerField(help_text="Rupiah at its end, or now.")
    results = StatementLine(many=True)
    next = serializers.CharField(allow_null=True)
