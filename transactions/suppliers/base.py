"""What every supplier looks like from inside: a `Connector` that turns the outside's answers into verdicts.

A verdict is *succeeded* or *failed* only when the supplier certainly said so about our reference;
whatever else happens (silence, garbage, a word we do not know) is *pending*. Connectors block, are
called from many threads at once, and keep no state but pooled connections.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from hashlib import blake2b
from typing import Protocol, runtime_checkable


class Outcome(enum.StrEnum):
    """What became of one request to one supplier; *pending* includes unknown."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    PENDING = "pending"


class Reason(enum.StrEnum):
    """Why, in the groups in which customers are told about it."""

    NONE = "none"
    WRONG_NUMBER = "wrong_number"
    NUMBER_BLOCKED = "number_blocked"
    REGION = "region"
    DISTURBED = "disturbed"
    CUT_OFF = "cut_off"
    SUPPLIER_ACCOUNT = "supplier_account"
    """Balance, limit, address or signature of our account there: the staff's matter, hidden from customers."""
    NO_ANSWER = "no_answer"
    DUPLICATE = "duplicate"
    PRICE = "price"
    UNREGISTER_FIRST = "unregister_first"
    REVERSED = "reversed"
    PRODUCT = "product"
    """This supplier does not sell the product (unknown code, inactive)."""
    OTHER = "other"


BUYERS_OWN = frozenset(
    {Reason.WRONG_NUMBER, Reason.NUMBER_BLOCKED, Reason.REGION, Reason.DUPLICATE, Reason.UNREGISTER_FIRST}
)
"""Refusals that speak of the number or its owner: they say nothing about how well a supplier works."""


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """One account at one supplier. `call_seconds` and `check_seconds` are total deadlines of a call."""

    supplier_id: int
    dealer_id: int
    name: str
    base_url: str
    username: str
    api_key: str = field(repr=False)
    callback_secret: str = field(repr=False, default="")
    call_seconds: float = 30.0
    check_seconds: float = 30.0


@dataclass(frozen=True, kw_only=True)
class TopUp:
    """One request: the same `reference` with the same content always means the same sale.

    `destination` is spelled as suppliers want it (`0812…`, or a customer number), `max_price` is in
    rupiah, `not_after` is a `time.monotonic()` after which no first byte may be sent. `asked_ago` is how many
    seconds ago this reference was sent for the first time: a check of an old one must not become the purchase.
    """

    reference: str
    supplier_sku: str
    destination: str
    max_price: int
    not_after: float
    callback_url: str = ""
    asked_ago: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the supplier said about one reference, already checked.

    A success may come without `sn`: whether that is proof enough is not the connector's to say.

    `price` (debited) and `balance` are rupiah, None when the supplier did not say or said nonsense.
    `raw` is what came, at most 8 kB, with our secrets masked. `sent` is False only when certainly no
    byte of the request left this machine. `message` holds the supplier's own words, at most 200 characters.
    `will_tell` is True when the supplier certainly has the request and cannot forget to tell how it ends.
    """

    outcome: Outcome
    rc: str
    reason: Reason
    message: str = ""
    sn: str = ""
    price: int | None = None
    balance: int | None = None
    raw: str = ""
    sent: bool = True
    will_tell: bool = False


@dataclass(frozen=True, kw_only=True)
class Offer:
    """One line of a supplier's price list; `price` in rupiah, the cut-off as "HH:MM" in WIB or "".

    `nominal` is the face value in rupiah, 0 where the supplier does not say it.
    """

    sku: str
    name: str
    category: str
    brand: str
    kind: str
    price: int
    is_open: bool
    cut_off_start: str = ""
    cut_off_end: str = ""
    description: str = ""
    multi: bool = False
    nominal: int = 0

    @cached_property
    def digest(self) -> int:
        """A number of 64 bits that is the same for the same content, also tomorrow and on another machine."""
        content = (
            f"{self.sku}\x1f{self.name}\x1f{self.category}\x1f{self.brand}\x1f{self.kind}\x1f{self.price}"
            f"\x1f{self.is_open}\x1f{self.cut_off_start}\x1f{self.cut_off_end}\x1f{self.description}"
            f"\x1f{self.multi}\x1f{self.nominal}"
        )
        return int.from_bytes(blake2b(content.encode("utf-8", "replace"), digest_size=8).digest(), "big", signed=True)


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """A price list and its mark; `offers` None when the list is still the one of the mark that was sent."""

    offers: list[Offer] | None
    etag: str


@dataclass(frozen=True, kw_only=True)
class StatementLine:
    """One sale as the supplier's statement of a day has it.

    `reference` is ours, that of the attempt; `price` is what was debited in rupiah, 0 for a sale that failed;
    `outcome` is what the statement says became of it. `sn` and `sku` may be empty, `at` None, where it does not say.
    """

    reference: str
    outcome: Outcome
    price: int
    sku: str = ""
    destination: str = ""
    sn: str = ""
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class PlnCustomer:
    """Whose electricity meter a number belongs to, as the supplier knows it."""

    customer_no: str
    meter_no: str
    subscriber_id: str
    name: str
    segment_power: str


@dataclass(frozen=True, kw_only=True)
class Callback:
    """A supplier's own report about one reference; `event_id` is the same when it is sent again."""

    event_id: str
    reference: str
    verdict: Verdict


class BadSignature(Exception):
    """A callback that is not proven to come from the supplier; its body has not been parsed."""


class BadCallback(Exception):
    """A signed callback that says nothing we understand."""


class Trouble(enum.StrEnum):
    """Why a question was not answered, in the groups about which somebody can do something."""

    KEY = "key"
    """The signature does not fit: the API key is wrong."""
    USERNAME = "username"
    ADDRESS = "address"
    """The supplier does not know the address that we call from."""
    ACCOUNT = "account"
    """Our account there is blocked, not verified, never paid into, or not allowed to."""
    CLOCK = "clock"
    """Our clock and the supplier's are too far apart for a signature to count."""
    LIVE_KEY = "live_key"
    """Only a key of the supplier's sandbox may try this."""
    NOT_OFFERED = "not_offered"
    """The supplier has nothing with which this could be done."""
    TOO_OFTEN = "too_often"
    FORBIDDEN = "forbidden"
    """The URL leads somewhere that we do not go."""
    UNREACHABLE = "unreachable"
    SILENT = "silent"
    GARBLED = "garbled"


class SupplierUnavailable(Exception):
    """A question that is no sale (balance, price list, name check) got no usable answer."""

    def __init__(self, message: str, *, trouble: Trouble = Trouble.GARBLED) -> None:
        super().__init__(message)
        self.trouble = trouble


class Connector(Protocol):
    """One account at one supplier. Blocking, thread-safe.

    `top_up` and `check` never raise for what the outside does. `check` asks again about the same
    content of the same reference; where a protocol's check is the same request again it may *be* the
    purchase, so it is called only while the money is held.
    """

    def top_up(self, ask: TopUp) -> Verdict: ...

    def check(self, ask: TopUp) -> Verdict: ...

    def balance(self) -> int:
        """Our balance there in rupiah. Raises SupplierUnavailable."""
        ...

    def price_list(self) -> list[Offer]:
        """Everything the supplier sells to us. Raises SupplierUnavailable."""
        ...

    def parse_callback(self, *, headers: Mapping[str, str], body: bytes) -> Callback | None:
        """What a callback says; None is a ping. Raises BadSignature, then BadCallback."""
        ...


@runtime_checkable
class ChecksPln(Protocol):
    """A supplier that knows the name behind an electricity meter."""

    def inquire_pln(self, customer_no: str) -> PlnCustomer | None:
        """The customer, None when the number is not known. Raises SupplierUnavailable."""
        ...


@runtime_checkable
class ListsConditionally(Protocol):
    """A supplier that need not send its price list again while it has not changed."""

    def price_list_unless(self, etag: str) -> Fetched:
        """The list, unless its mark is still `etag` ("" when none is known). Raises SupplierUnavailable."""
        ...


@runtime_checkable
class StatesDays(Protocol):
    """A supplier that says by machine what it sold us on a day."""

    def statement(self, day: date) -> list[StatementLine]:
        """Every sale that the supplier counts to this day of its own. Raises SupplierUnavailable."""
        ...


@runtime_checkable
class TriesSales(Protocol):
    """A supplier with a sandbox, in which a sale costs nothing and delivers nothing."""

    has_own_sandbox_key: bool
    """Whether its sandbox is entered with a key of its own; with the account's key otherwise."""

    def try_sale(self) -> Verdict:
        """A sale of the sandbox, to the number that the protocol documents. Raises SupplierUnavailable."""
        ...


@runtime_checkable
class TakesCallbackAddress(Protocol):
    """A supplier that can be told by machine where to report to."""

    def report_to(self, url: str, *, secret: str) -> None:
        """Report to this address, and to no older one of the same path, signed with this secret.

        Raises SupplierUnavailable.
        """
        ...
