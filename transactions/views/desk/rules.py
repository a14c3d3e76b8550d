"""Markup rules: each is saved only after its effect on every product was on the screen."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from dealers.access import Can
from dealers.guards import desk
from dealers.middleware import DealerRequest
from transactions import catalogue_edits
from transactions.desk_forms.catalogue import EditRule
from transactions.desk_selectors import catalogue, history
from transactions.models import MarkupRule, Place
from transactions.views.desk.edits import carry_out, copied
from transactions.views.desk.page import page, staff


@desk(Can.EDIT_CATALOGUE)
@require_GET
def index(request: DealerRequest) -> HttpResponse:
    """GET /desk/aturan/"""
    return page(request, "desk/rules.html", section="rules", rules=catalogue.rules(request.dealer))


@desk(Can.EDIT_CATALOGUE)
@require_http_methods(["GET", "POST"])
def add(request: DealerRequest) -> HttpResponse:
    """/desk/aturan/baru/"""
    return _edit(request, MarkupRule(dealer=request.dealer))


@desk(Can.EDIT_CATALOGUE)
@require_http_methods(["GET", "POST"])
def edit(request: DealerRequest, pk: int) -> HttpResponse:
    """/desk/aturan/<id>/"""
    return _edit(request, get_object_or_404(request.dealer.markup_rules, pk=pk))


def _edit(request: DealerRequest, rule: MarkupRule) -> HttpResponse:
    form, effect, is_new = EditRule(request.POST or None, instance=rule), None, rule.pk is None
    if form.is_valid():
        try:
            effect = carry_out(
                request,
                lambda *, accept: catalogue_edits.save_rule(
                    copied(form.instance), actor=staff(request), accept_below_cost=accept
                ),
            )
        except catalogue_edits.ScopeTaken:
            messages.error(request, _("Sudah ada aturan untuk lingkup ini. Belum disimpan."))
            return redirect("desk:rules")
        if effect is None:
            messages.success(request, _("Aturan disimpan, harga sudah disesuaikan."))
            return redirect("desk:rules")
    card = None if is_new else history.card(request.dealer, Place.RULE, rule)
    facts = {"rule": rule, "is_new": is_new, "history": card}
    return page(request, "desk/rule.html", section="rules", form=form, effect=effect, **facts)


@desk(Can.EDIT_CATALOGUE)
@require_http_methods(["GET", "POST"])
def delete(request: DealerRequest, pk: int) -> HttpResponse:
    """/desk/aturan/<id>/hapus/"""
    rule = get_object_or_404(request.dealer.markup_rules, pk=pk)

    def take_away(*, accept: bool) -> None:
        catalogue_edits.delete_rule(rule, actor=staff(request), accept_below_cost=accept)

    if request.method == "GET":
        effect = catalogue_edits.rehearse(request.dealer, lambda: take_away(accept=True))
        return page(request, "desk/rule_delete.html", section="rules", rule=rule, effect=effect)
    effect_again = carry_out(request, take_away)
    if effect_again is None:
        messages.success(request, _("Aturan dihapus, harga sudah disesuaikan."))
        return redirect("desk:rules")
    return page(request, "desk/rule_delete.html", section="rules", rule=rule, effect=effect_again)
