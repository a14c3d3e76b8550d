"""The desk's frame around every page: who is here, what they may do, and the way to everything else."""

from dataclasses import dataclass, field
from typing import Any, cast

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dealers.access import Can
from dealers.middleware import DealerRequest
from dealers.models import User
from transactions.desk_selectors import home

PER_PAGE = 50


@dataclass(frozen=True)
class Place:
    """One page of the desk in the navigation; `section` is what the page calls itself."""

    section: str
    name: str | Promise
    view: str
    needs: Can
    icon: str = ""

    @property
    def url(self) -> str:
        """Its address."""
        return reverse(f"desk:{self.view}")


@dataclass(frozen=True)
class Group:
    """Pages that belong together."""

    name: Promise
    places: list[Place] = field(default_factory=list)


HOME = Place("home", _("Beranda"), "home", Can.SEE_DESK, "home")
SELL = Place("sell", _("Jual"), "sell", Can.SELL, "sell")
CASH = Place("cash", _("Terima tunai"), "cash", Can.CONFIRM_PAYMENT, "cash")
ORDERS = Place("orders", _("Pesanan"), "orders", Can.SEE_ORDERS, "orders")
TASKS = Place("tasks", _("Tugas"), "tasks", Can.SEE_TASKS, "tasks")
TROUBLE = Place("tasks", _("Keluhan"), "tasks", Can.SEE_TASKS, "complaint")
"""On the phone's bar the group has one button, to what waits in it."""
GROUPS = (
    Group(_("Jual"), [SELL, CASH]),
    Group(_("Pesanan"), [ORDERS]),
    Group(_("Keluhan"), [TASKS, Place("incidents", _("Insiden"), "incidents", Can.SETTLE_INCIDENT, "incident")]),
    Group(
        _("Uang"),
        [
            Place("money_in", _("Uang masuk"), "money_in", Can.MATCH_MONEY, "bank"),
            Place("tickets", _("Deposit mitra"), "tickets", Can.MATCH_MONEY, "wallet"),
            Place("money", _("Buku kas"), "money", Can.SEE_MONEY, "money"),
            Place("wallets", _("Saldo pelanggan"), "wallets", Can.SEE_MONEY, "wallet"),
            Place("recaps", _("Rekap harian"), "recaps", Can.SEE_MONEY, "tasks"),
            Place("refunds", _("Pengembalian"), "refunds", Can.PAY_REFUND, "refund"),
        ],
    ),
    Group(
        _("Toko"),
        [
            Place("products", _("Produk dan harga"), "products", Can.EDIT_CATALOGUE, "products"),
            Place("rules", _("Aturan harga"), "rules", Can.EDIT_CATALOGUE, "rules"),
            Place("suppliers", _("Pemasok"), "suppliers", Can.EDIT_CATALOGUE, "supplier"),
            Place("partners", _("Mitra"), "partners", Can.EDIT_PARTNER, "people"),
            Place("webhooks", _("Webhook mitra"), "webhooks", Can.EDIT_PARTNER, "share"),
            Place("qris", "QRIS", "qris", Can.EDIT_PAYMENT, "qr"),
            Place("bank_accounts", _("Rekening bank"), "bank_accounts", Can.EDIT_PAYMENT, "bank"),
            Place("history", _("Riwayat"), "history", Can.EDIT_CATALOGUE, "history"),
        ],
    ),
)


def staff(request: DealerRequest) -> User:
    """Who is signed in; the guard has made sure that somebody is."""
    return cast(User, request.user)


def page(request: DealerRequest, template: str, *, section: str, **context: Any) -> HttpResponse:
    """A page of the desk; `section` marks where it stands in the navigation, `status` is the answer's code."""
    status = context.pop("status", 200)
    post = request.post
    able = frozenset(can for can in Can if post is not None and post.may(can))
    frame = {
        "section": section,
        "post": post,
        "posts": request.posts,
        "role": post.role if post else "",
        "may": {str(can): can in able for can in Can},
        "home_place": HOME,
        "groups": [Group(g.name, shown) for g in GROUPS if (shown := [p for p in g.places if p.needs in able])],
        "short": [place for place in (HOME, SELL, ORDERS, TROUBLE, CASH) if place.needs in able][:4],
        "tz": request.dealer.time_zone,
        "tasks_open": home.open_tasks(request.dealer).count() if Can.SEE_TASKS in able else 0,
    }
    return render(request, template, frame | context, status=status)


def paged(request: DealerRequest, rows: QuerySet[Any]) -> Page[Any]:
    """The page that the address asks for, or the nearest."""
    return Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
