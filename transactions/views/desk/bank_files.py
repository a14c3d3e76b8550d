"""The bank's own list of movements: uploaded, looked at line by line, booked."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from dealers import days
from dealers.access import Can
from dealers.guards import desk
from dealers.middleware import DealerRequest, own_transactions
from portal.lib import tenancy
from transactions import bank_files, bank_imports
from transactions.bank_lines import Entered
from transactions.desk_forms.deposits import BookFile, UploadFile
from transactions.desk_selectors import deposits as selectors
from transactions.models import BankFile
from transactions.views.desk.page import page, staff


@desk(Can.MATCH_MONEY)
@require_http_methods(["GET", "POST"])
def index(request: DealerRequest) -> HttpResponse:
    """/desk/uang-masuk/berkas/: POST reads a file and shows what is in it; nothing is booked."""
    form = UploadFile(request.POST or None, request.FILES or None, dealer=request.dealer)
    if form.is_bound and form.is_valid():
        read = _read(request, form)
        if read is not None:
            return redirect("desk:bank_file", pk=read.pk)
    facts = {"files": selectors.files(request.dealer), "has_accounts": request.dealer.bank_accounts.exists()}
    return page(request, "desk/bank_files.html", section="money_in", form=form, **facts)


def _read(request: DealerRequest, form: UploadFile) -> BankFile | None:
    given = form.cleaned_data
    name, data = given["file"].name, given["file"].read()
    try:
        return bank_imports.read(request.dealer, given["account"], name=name, data=data, actor=staff(request))
    except (bank_files.TooLong, bank_files.NoHeading) as error:
        form.add_error("file", str(selectors.REFUSED[type(error)]))
    except bank_files.NotText as error:
        form.add_error("file", str(selectors.REFUSED[error.what]))
    return None


@own_transactions
@desk(Can.MATCH_MONEY)
@require_http_methods(["GET", "POST"])
def detail(request: DealerRequest, pk: int) -> HttpResponse:
    """/desk/uang-masuk/berkas/<id>/: every line; POST books the new ones, and those in `although`."""
    with tenancy.inside(request.dealer.pk):
        rows = request.dealer.bank_files.select_related("account", "dealer", "uploaded_by")
        shown = selectors.preview(get_object_or_404(rows, pk=pk))
        if request.method == "GET":
            today = days.today(request.dealer)
            return page(request, "desk/bank_file.html", section="money_in", shown=shown, file=shown.file, today=today)
    form = BookFile(request.POST, numbers=shown.similar)
    although = form.cleaned_data["although"] if form.is_valid() else []
    try:
        _say(request, bank_imports.book(request.dealer, pk, although=although, actor=staff(request)))
    except bank_imports.AlreadyBooked:
        messages.info(request, _("Berkas ini sudah dicatat. Tidak ada yang dibukukan lagi."))
    return redirect("desk:money_in")


def _say(request: DealerRequest, entered: Entered) -> None:
    text = ngettext("%(n)s uang masuk dicatat.", "%(n)s uang masuk dicatat.", entered.new)
    messages.success(request, text % {"n": entered.new})
    if entered.credited:
        text = ngettext(
            "%(n)s di antaranya deposit mitra, langsung masuk saldonya.",
            "%(n)s di antaranya deposit mitra, langsung masuk saldonya.",
            entered.credited,
        )
        messages.success(request, text % {"n": entered.credited})
