"""Statements, deposits, tasks and incidents."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dealers.models import Dealer, Partner, PartnerState, User
from transactions.deposits import Source
from transactions.desk_forms.fields import DayField, RupiahField, sure
from transactions.desk_selectors.statement import Period
from transactions.models import Incident, Supplier, TaskKind

LONGEST = dt.timedelta(days=366)


class PeriodFilter(forms.Form):
    """From when to when; a week until today when nothing is said."""

    start = DayField(label=_("Dari"))
    end = DayField(label=_("Sampai"))

    def __init__(self, data: Any, *, today: dt.date) -> None:
        self._default = Period(start=today - dt.timedelta(days=6), end=today)
        super().__init__(data or None, initial={"start": self._default.start, "end": self._default.end})

    def clean(self) -> dict[str, Any]:
        """The end is not before the start, and not more than a year after it."""
        given = super().clean() or {}
        start, end = given.get("start"), given.get("end")
        if start and end and not dt.timedelta() <= end - start <= LONGEST:
            raise ValidationError(_("Periode paling lama satu tahun, dan akhir tidak sebelum awal."), code="period")
        return given

    def period(self) -> Period:
        """What is asked for, or the last week."""
        if not self.is_bound or not self.is_valid():
            return self._default
        end = self.cleaned_data.get("end") or self._default.end
        start = self.cleaned_data.get("start") or min(self._default.start, end)
        return Period(start=start, end=end)


class DepositCash(forms.Form):
    """Cash for somebody's wallet."""

    email = forms.EmailField(label=_("E-mail pelanggan"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    amount = RupiahField(label=_("Jumlah"), smallest=1_000)
    token = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput)

    def clean_email(self) -> User:
        """The person with this address."""
        user = User.objects.filter(email=self.cleaned_data["email"].strip().lower(), is_active=True).first()
        if user is None:
            raise ValidationError(
                _("Belum ada akun dengan e-mail ini. Minta pelanggan mendaftar dulu."), code="unknown"
            )
        return user


class _Deposit(forms.Form):
    """Money that somebody has sent, and the proof of it."""

    amount = RupiahField(label=_("Jumlah"), smallest=1_000)
    source = forms.ChoiceField(label=_("Uangnya"), widget=forms.RadioSelect)
    proof = forms.RegexField(
        r"^[\w .#/-]+$",
        label=_("Bukti"),
        max_length=40,
        help_text=_("Nomor transfer atau nota. Satu bukti hanya dibukukan sekali."),
        error_messages={"invalid": _("Pakai huruf, angka, spasi, titik, garis miring dan tanda hubung saja.")},
    )

    def clean_proof(self) -> str:
        """In one spelling, so that the same proof is known again."""
        return " ".join(self.cleaned_data["proof"].split()).upper()

    def clean_source(self) -> Source:
        """Where it comes from."""
        return Source(self.cleaned_data["source"])

    @property
    def source_name(self) -> str:
        """Where it comes from, in the words of the form."""
        choices = dict(self.fields["source"].choices)  # type: ignore[attr-defined]  # a ChoiceField
        return str(choices[self.cleaned_data["source"]])


class SupplierDeposit(_Deposit):
    """Money that the dealer paid into its deposit at a supplier."""

    supplier = forms.ModelChoiceField(
        label=pgettext_lazy("satu", "Pemasok"),
        queryset=Supplier.objects.none(),
        to_field_name="code",
        empty_label=_("Pilih"),
    )
    field_order = ["supplier", "amount", "source", "proof"]

    def __init__(self, *args: Any, dealer: Dealer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: forms.ModelChoiceField[Supplier] = self.fields["supplier"]  # type: ignore[assignment]
        field.queryset = Supplier.objects.filter(dealer=dealer)
        field.empty_label = None if field.queryset.count() == 1 else _("Pilih")
        self.fields["source"].initial = Source.BANK
        self.fields["source"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            (Source.BANK, _("Dikirim dari rekening bank toko")),
            (Source.OPENING, _("Sudah ada di pemasok sebelum buku ini dipakai")),
        ]


class _PartnerField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic to the type checker only
    """A partner, by name and user name."""

    def label_from_instance(self, obj: Partner) -> str:
        """`Toko Baru (toko-baru-stok)`."""
        return f"{obj.name} ({obj.username})"


class PartnerDeposit(_Deposit):
    """Money that a partner paid into its wallet here."""

    partner = _PartnerField(
        label=_("Mitra"), queryset=Partner.objects.none(), to_field_name="username", empty_label=_("Pilih")
    )
    field_order = ["partner", "amount", "source", "proof"]

    def __init__(self, *args: Any, dealer: Dealer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = Partner.objects.filter(dealer=dealer, state=PartnerState.ACTIVE).order_by("name")
        self.fields["partner"].queryset = mine  # type: ignore[attr-defined]  # a ModelChoiceField
        self.fields["source"].initial = Source.BANK
        self.fields["source"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            (Source.BANK, _("Masuk ke rekening bank toko")),
            (Source.CASH, _("Tunai, ada di laci")),
        ]


class TaskFilter(forms.Form):
    """Which tasks."""

    kind = forms.ChoiceField(label=_("Jenis"), required=False, choices=[("", _("Semua")), *TaskKind.choices])
    closed = forms.ChoiceField(
        label=_("Keadaan"), required=False, choices=[("", _("Belum selesai")), ("1", _("Selesai"))]
    )


class IncidentFilter(forms.Form):
    """Which incidents."""

    state = forms.ChoiceField(label=_("Keadaan"), required=False, choices=[("", _("Semua")), *Incident.State.choices])


class EndIncident(forms.Form):
    """A person's word about a contradiction."""

    verdict = forms.ChoiceField(label=_("Keputusan"), widget=forms.RadioSelect)
    note = forms.CharField(label=_("Catatan"), max_length=200, min_length=8, help_text=_("Apa yang sudah diperiksa."))
    sure = sure()
    seen = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)

    def __init__(self, *args: Any, withdrawn: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        book = [] if withdrawn else [("approve", _("Bukukan seperti di atas"))]
        choices = [*book, ("dismiss", _("Tolak: tidak ada yang dibukukan"))]
        self.fields["verdict"].initial = "dismiss" if withdrawn else None
        self.fields["verdict"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField
