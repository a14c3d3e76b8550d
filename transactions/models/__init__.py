"""Tables of the transactions app, one module per aggregate."""

from transactions.models.amends import Amends, AmendsKind
from transactions.models.bank_files import BankFile
from transactions.models.catalog import (
    Brand,
    ClosedBy,
    Kind,
    MarkupRule,
    Prefix,
    Price,
    PriceChange,
    Product,
    Route,
    Supplier,
    Tier,
)
from transactions.models.deposit_tickets import DepositTicket, TicketSource, TicketState
from transactions.models.due import Due, DueKind
from transactions.models.edits import Edit, Place
from transactions.models.incidents import Incident, IncidentKind
from transactions.models.ledger import Account, AccountKind, Rollup, RollupMark, Seal, Transfer
from transactions.models.methods import BankAccount, BankLine, LineState, Qris
from transactions.models.orders import Attempt, Channel, Decision, Exchange, InboundEvent, Order, OrderEvent, Status
from transactions.models.payments import Payment, PaymentState, Receipt
from transactions.models.reconciliation import (
    BOOKED,
    DayState,
    Difference,
    DifferenceKind,
    DifferenceState,
    ReconcileDay,
    ReconcileStatement,
    Resolution,
    StatementSource,
)
from transactions.models.refunds import Refund, RefundState, RefundWay
from transactions.models.sandbox import SandboxOrder
from transactions.models.service import Pace, Proof, Rating
from transactions.models.sync import (
    Doubt,
    EventKind,
    RunState,
    SupplierOffer,
    SyncEvent,
    SyncRun,
    SyncState,
    SyncVersion,
)
from transactions.models.tasks import Task, TaskKind
from transactions.models.webhooks import (
    DeliveryState,
    HookEvent,
    HookFormat,
    WebhookCallback,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookSecret,
)

__all__ = [
    "BOOKED",
    "Account",
    "AccountKind",
    "Amends",
    "AmendsKind",
    "Attempt",
    "BankAccount",
    "BankFile",
    "BankLine",
    "Brand",
    "Channel",
    "ClosedBy",
    "DayState",
    "Decision",
    "DeliveryState",
    "DepositTicket",
    "Difference",
    "DifferenceKind",
    "DifferenceState",
    "Doubt",
    "Due",
    "DueKind",
    "Edit",
    "EventKind",
    "Exchange",
    "HookEvent",
    "HookFormat",
    "InboundEvent",
    "Incident",
    "IncidentKind",
    "Kind",
    "LineState",
    "MarkupRule",
    "Order",
    "OrderEvent",
    "Pace",
    "Payment",
    "PaymentState",
    "Place",
    "Prefix",
    "Price",
    "PriceChange",
    "Product",
    "Proof",
    "Qris",
    "Rating",
    "Receipt",
    "ReconcileDay",
    "ReconcileStatement",
    "Refund",
    "RefundState",
    "RefundWay",
    "Resolution",
    "Rollup",
    "RollupMark",
    "Route",
    "RunState",
    "SandboxOrder",
    "Seal",
    "StatementSource",
    "Status",
    "Supplier",
    "SupplierOffer",
    "SyncEvent",
    "SyncRun",
    "SyncState",
    "SyncVersion",
    "Task",
    "TaskKind",
    "TicketSource",
    "TicketState",
    "Tier",
    "Transfer",
    "WebhookCallback",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookSecret",
]
