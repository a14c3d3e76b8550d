"""A dealer's shop: the landing page is the buy form.

Without a script it works in two steps: the number, then the vouchers for it. With one, the vouchers
come by `quote` while the number is typed. A purchase answers 303 to its order; what is wrong in the
form answers 422, a question 409, both with everything that was typed.
"""

from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from dealers.middleware import DealerRequest, own_transactions
from dealers.models import User
from portal.lib import limits, tenancy, web
from portal.templatetags.words import phone
from transactions import meters, order_view, pricing, questions, recents, sales, storefront
from transactions.forms import QuoteForm, SaleForm, kind_of, read_number
from transactions.meters import Holder
from transactions.models import Kind, Product, Tier
from transactions.questions import Asked, Question
from transactions.storefront import Grid

METHOD_COOKIE = "bayar"
_METHOD_SALT = "konter.method"
_METHOD_SECONDS = 90 * 24 * 3600
_NO_SUCH_METER = gettext_lazy("Nomor meter ini tidak dikenal PLN. Cocokkan dengan yang tertera di meter.")


@dataclass(frozen=True, kw_only=True)
class Page:
    """The landing page: what was typed, what is wrong with it, and what is asked back."""

    kind: Kind
    typed: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    question: Question | None = None
    kept: dict[str, str] = field(default_factory=dict)
    holder: Holder | None = None


@sensitive_post_parameters("pin")
@own_transactions
@require_http_methods(["GET", "HEAD", "POST"])
def shop(request: DealerRequest) -> HttpResponse:
    """The buy form, and the purchase."""
    if request.method == "POST":
        return _look(request) if _only_looks(request) else _sell(request)
    with tenancy.inside(request.dealer.pk):
        return _show(request, Page(kind=kind_of(request.GET.get("jenis"))))


@csrf_exempt  # changes nothing and says nothing that the shop's page does not say to everybody
@own_transactions
@require_POST
def quote(request: DealerRequest) -> HttpResponse:
    """Brand and priced products for `destination` (or its first four digits), optionally `brand` and `jenis`.

    An HTML fragment; with `Accept: application/json` an object:
    `{"kind", "brand": {"code", "name", "colour"} | null, "token", "products": [{"sku", "name", "nominal",
    "price", "open", "note", "reopens_at"}]}`, prices in rupiah, `token` for the sale form. 422 with what
    is wrong with the number, as a fragment or as problem details. No CSRF token is asked for.
    """
    _limit(request, "quotes", settings.GUEST_QUOTES_PER_MINUTE)
    as_json = web.wants_json(request)
    form = QuoteForm(request.POST)
    if not form.is_valid():
        name, problems = next(iter(form.errors.as_data().items()))
        text = str(problems[0].messages[0])
        if as_json:
            return web.problem(422, problems[0].code or "invalid", text, field=name)
        return render(request, "storefront/_grid_error.html", {"text": text}, status=422)
    asked = form.cleaned_data
    with tenancy.inside(request.dealer.pk):
        grid = storefront.grid(
            request.dealer,
            kind=asked["jenis"],
            number=asked.get("number"),
            brand_code=asked["brand"],
            sieve=form.sieve,
        )
        return JsonResponse(_as_json(grid)) if as_json else render(request, "storefront/_grid.html", {"grid": grid})


def _as_json(grid: Grid) -> dict[str, Any]:
    brand = grid.brand
    return {
        "kind": grid.kind,
        "brand": {"code": brand.code, "name": brand.name, "colour": brand.colour} if brand else None,
        "token": grid.token,
        "products": [
            {
                "sku": voucher.product.sku,
                "name": voucher.product.name,
                "nominal": voucher.product.nominal,
                "price": voucher.price,
                "open": voucher.is_open,
                "note": "" if voucher.is_open else voucher.why_closed,
                "reopens_at": voucher.tile.reopens_at,
            }
            for voucher in grid.vouchers
        ],
    }


def _only_looks(request: DealerRequest) -> bool:
    """A press on a tab, a chip or "Tampilkan", or the first of two steps: nothing is to be bought."""
    return bool({"look", "recent", "forget", "whose"} & request.POST.keys()) or not (
        "sku" in request.POST or "grid" in request.POST
    )


def _look(request: DealerRequest) -> HttpResponse:
    _limit(request, "quotes", settings.GUEST_QUOTES_PER_MINUTE)
    given = request.POST
    before, kind = kind_of(given.get("jenis")), kind_of(given.get("look") or given.get("jenis"))
    if "forget" in given:
        return _forget(request, kind)
    if "whose" in given and kind == Kind.PLN:
        return _whose(request)
    typed = phone(recents.at(request, given["recent"])) if "recent" in given else given.get("destination", "")[:64]
    if (Kind.PLN in {before, kind}) and before != kind:
        typed = ""
    with tenancy.inside(request.dealer.pk):
        form = QuoteForm({**given.dict(), "destination": typed, "jenis": kind})
        wrong = {} if form.is_valid() or not typed else _errors(form)
        return _show(request, Page(kind=kind, typed=typed, errors=wrong), status=422 if wrong else 200)


def _forget(request: DealerRequest, kind: Kind) -> HttpResponse:
    answer = HttpResponseRedirect(f"{request.path}?jenis={kind}", status=303)
    recents.forget(answer, request.dealer)
    return answer


def _whose(request: DealerRequest) -> HttpResponse:
    """The name behind a meter, beside the field; the form stays as it is."""
    _limit(request, "meters", settings.NAME_CHECKS_PER_MINUTE)
    page = Page(kind=Kind.PLN, typed=request.POST.get("destination", "")[:64])
    try:
        page = replace(page, holder=meters.holder(request.dealer, read_number(page.typed, Kind.PLN)))
    except ValidationError as error:
        page = replace(page, errors={"destination": error.messages[0]})
    except meters.UnknownMeter:
        page = replace(page, errors={"destination": str(_NO_SUCH_METER)})
    except meters.CannotAsk:
        page = replace(page, errors={"destination": _("Nama belum bisa diperiksa sekarang. Cocokkan nomornya.")})
    with tenancy.inside(request.dealer.pk):
        return _show(request, page, status=422 if page.errors else 200)


def _sell(request: DealerRequest) -> HttpResponse:
    _limit(request, "orders", settings.GUEST_ORDERS_PER_MINUTE)
    dealer, given = request.dealer, request.POST
    page = Page(kind=kind_of(given.get("jenis")), typed=given.get("destination", "")[:64])
    with tenancy.inside(dealer.pk):
        form = SaleForm(given, dealer=dealer, kind=page.kind)
        if not form.is_valid():
            return _show(request, replace(page, errors=_errors(form)), status=422)
        offered = storefront.methods(dealer, _user(request), wanted=given.get("gateway", ""))
    wish = _wish(request, form)
    page = replace(page, kind=Kind(wish.product.kind))
    if page.kind == Kind.PLN and "ask_name" in given and given.get("named") != wish.destination:
        return _ask_name(request, page, form, wish)
    try:
        order = sales.buy(dealer, wish, offered=offered.codes)
    except sales.NotOffered:
        with tenancy.inside(dealer.pk):
            wrong = {"gateway": _("Pilih cara bayar yang ada di sini.")}
            return _show(request, replace(page, errors=wrong), status=422)
    except questions.REFUSALS as refusal:
        with tenancy.inside(dealer.pk):
            asked = Asked(dealer, wish, offered.without(wish.gateway))
            asking = replace(page, question=questions.question(refusal, asked))
            asking = replace(asking, kept=_kept(form, asking.question))
            return _show(request, asking, status=409)
    answer = _remember(HttpResponseRedirect(order_view.address(order), status=303), order.gateway)
    recents.remember(answer, request, dealer, order.destination)
    return answer


def _ask_name(request: DealerRequest, page: Page, form: SaleForm, wish: sales.Wish) -> HttpResponse:
    """Before a token is paid: whose meter is this? The yes is the same purchase without the wish to be asked."""
    _limit(request, "meters", settings.NAME_CHECKS_PER_MINUTE)
    found: Holder | None = None
    try:
        found = meters.holder(request.dealer, wish.destination)
    except meters.UnknownMeter:
        page = replace(page, errors={"destination": str(_NO_SUCH_METER)})
    except meters.CannotAsk:
        pass
    with tenancy.inside(request.dealer.pk):
        if not page.errors:
            asked = questions.whose_meter(found, Asked(request.dealer, wish, []))
            page = replace(page, question=asked, kept=_kept(form, asked))
        return _show(request, page, status=422 if page.errors else 409)


def _wish(request: DealerRequest, form: SaleForm) -> sales.Wish:
    data = form.cleaned_data
    return sales.Wish(
        product=data["sku"],
        destination=data["destination"],
        gateway=data["gateway"],
        token=data["token"],
        customer=_user(request),
        seen_price=form.seen_price,
        again=data["again"] == "1",
        confirmed_brand=data["confirm"] == "brand",
        pin=data["pin"],
    )


def _kept(form: SaleForm, question: Question | None) -> dict[str, str]:
    """The purchase as hidden fields, with the answers given so far: it may be asked about twice."""
    data = form.cleaned_data
    product: Product = data["sku"]
    price = pricing.current(product, Tier.RETAIL)
    fields = {name: data[name] for name in ("brand", "again", "confirm") if data[name]}
    fields |= {"jenis": product.kind, "destination": form.data["destination"], "sku": product.sku}
    fields |= {f"price.{product.sku}": str(price)} if price else {}
    if question is None or not question.ways:
        fields["gateway"] = data["gateway"]
    return fields | (question.answers if question else {})


def _errors(form: QuoteForm | SaleForm) -> dict[str, str]:
    """The first problem of each field, in the order in which the fields stand on the page."""
    return {name: str(form.errors[name][0]) for name in form.fields if name in form.errors}


def _show(request: DealerRequest, page: Page, *, status: int = 200) -> HttpResponse:
    given = request.POST
    dealer, typed = request.dealer, page.typed
    beginning = QuoteForm({"destination": typed, "jenis": page.kind})
    number = beginning.cleaned_data.get("number") if typed and beginning.is_valid() else None
    wanted = given.get("gateway") or request.get_signed_cookie(METHOD_COOKIE, default="", salt=_METHOD_SALT) or ""
    context = {
        "page": page,
        "grid": storefront.grid(
            dealer,
            kind=page.kind,
            number=number,
            brand_code=given.get("brand", ""),
            sku=given.get("sku", ""),
            sieve=QuoteForm(given).sieve,
        ),
        "recents": [] if typed else recents.shown(request, page.kind),
        "methods": storefront.methods(dealer, _user(request), wanted=wanted),
        "pulse": storefront.pulse(dealer),
        "here": request.path,
    }
    answer = render(request, "storefront/shop.html", context, status=status)
    answer["Cache-Control"] = "no-store" if request.method == "POST" else "private, no-cache"
    return answer


def _remember(answer: HttpResponse, gateway: str) -> HttpResponse:
    answer.set_signed_cookie(
        METHOD_COOKIE,
        gateway,
        salt=_METHOD_SALT,
        max_age=_METHOD_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return answer


def _limit(request: DealerRequest, name: str, per_minute: int) -> None:
    limits.hit(name, web.limit_key(web.client_ip(request)), per_minute=per_minute)


def _user(request: DealerRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None
