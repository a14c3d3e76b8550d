"""Where the dealer takes money: a QRIS that was read and checked, a bank account, lines of a bank statement."""

import datetime as dt
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dealers.models import Dealer
from dealers.reauth import WithPassword
from portal.lib import ids, money
from transactions.bank_lines import Row
from transactions.desk_forms.fields import DayField, RupiahField, sure
from transactions.desk_forms.orders import TakeCash
from transactions.gateways import qris, sticker
from transactions.gateways.qris import BadQris, Sticker
from transactions.models import BankAccount
from transactions.tills import NewAccount

MOST_LINES = 200
_DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y")


class ReadQris(forms.Form):
    """A dealer's static QRIS, pasted or photographed."""

    photo = forms.FileField(
        label=gettext_lazy("Foto stiker QRIS"),
        required=False,
        help_text=gettext_lazy("JPEG, PNG atau WebP, paling besar 8 MB. Foto hanya dibaca, tidak disimpan."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    payload = forms.CharField(
        label=gettext_lazy("Atau tempel teks QRIS"),
        required=False,
        max_length=qris.LONGEST,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("Dimulai dengan 000201."),
    )

    def clean(self) -> dict[str, Any]:
        """One of the two, read and checked; the `sticker` is what was found."""
        given = super().clean() or {}
        photo, text = given.get("photo"), given.get("payload", "")
        if self.errors:
            return given
        if not photo and not text:
            raise ValidationError(_("Kirim foto stiker, atau tempel teks QRIS-nya."), code="nothing")
        try:
            given["sticker"] = qris.read(sticker.scan(photo, size=photo.size) if photo else text)
        except BadQris as error:
            self.add_error("photo" if photo else "payload", str(error.sentence))
        return given


class KeepQris(WithPassword):
    """The QRIS that was shown, and the password of who wants it."""

    payload = forms.CharField(max_length=qris.LONGEST, widget=forms.HiddenInput)
    sure = sure(gettext_lazy("Nama penerima dan NMID sudah cocok dengan stiker."))
    field_order = ["payload", "sure", "password"]

    def clean_payload(self) -> Sticker:
        """Checked again: what a browser sends back is not what we sent."""
        try:
            return qris.read(self.cleaned_data["payload"])
        except BadQris as error:
            raise ValidationError(str(error.sentence), code="qris") from error


class AddAccount(WithPassword):
    """A bank account that buyers transfer to."""

    bank = forms.CharField(
        label=gettext_lazy("Bank"), max_length=30, help_text=gettext_lazy("Contoh: BCA, BRI, Mandiri")
    )
    number = forms.CharField(
        label=gettext_lazy("Nomor rekening"),
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    holder = forms.CharField(label=gettext_lazy("Atas nama"), max_length=60)
    field_order = ["bank", "number", "holder", "password"]

    def clean_bank(self) -> str:
        """In one line."""
        return _one_line(self.cleaned_data["bank"])

    def clean_holder(self) -> str:
        """In one line."""
        return _one_line(self.cleaned_data["holder"])

    def clean_number(self) -> str:
        """Digits only."""
        digits = re.sub(r"[\s.-]", "", self.cleaned_data["number"])
        if not re.fullmatch(r"[0-9]{5,20}", digits):
            raise ValidationError(_("Nomor rekening berisi 5 sampai 20 angka."), code="number")
        return digits

    def account(self) -> NewAccount:
        """What was written."""
        data = self.cleaned_data
        return NewAccount(bank=data["bank"], number=data["number"], holder=data["holder"])


def _one_line(text: str) -> str:
    if not text.isprintable():
        raise ValidationError(_("Tulis dalam satu baris, tanpa karakter khusus."), code="one_line")
    return text


class ConfirmQris(TakeCash):
    """Staff have seen in the acquirer's app that the QRIS was paid."""

    reference = forms.RegexField(
        r"^[0-9A-Za-z./-]*$",
        label=gettext_lazy("Nomor referensi di aplikasi QRIS"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("Boleh kosong. Dengan nomor ini uang yang sama tidak tercatat dua kali."),
    )
    sure = sure(gettext_lazy("Uangnya sudah terlihat di aplikasi QRIS toko. Ini tidak bisa dibatalkan."))
    field_order = ["reference", "sure", "seen"]


def _accounts(dealer: Dealer) -> "forms.ModelChoiceField[BankAccount]":
    rows = BankAccount.objects.filter(dealer=dealer).order_by("-is_open", "id")
    return forms.ModelChoiceField(rows, label=gettext_lazy("Rekening"), empty_label=None)


def read_reference(text: str) -> str:
    """A bank's reference in one spelling."""
    packed = re.sub(r"\s+", "", text)
    if not re.fullmatch(r"[0-9A-Za-z./:_-]{3,60}", packed):
        raise ValidationError(_("Referensi bank berisi 3 sampai 60 huruf atau angka."), code="reference")
    return packed


class EnterLine(forms.Form):
    """One line of a bank statement."""

    day = DayField(label=gettext_lazy("Tanggal"), required=True)
    amount = RupiahField(label=gettext_lazy("Jumlah masuk"), smallest=1)
    reference = forms.CharField(
        label=gettext_lazy("Referensi bank"),
        max_length=80,
        help_text=gettext_lazy("Nomor mutasi. Nomor yang sama tidak dicatat dua kali."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    note = forms.CharField(
        label=gettext_lazy("Pengirim atau berita"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data: Any = None, *, dealer: Dealer, today: dt.date) -> None:
        super().__init__(data, initial={"day": today})
        self.fields["account"] = _accounts(dealer)
        self.order_fields(["account", "day", "amount", "reference", "note"])
        self._today = today

    def clean_day(self) -> dt.date:
        """Not in the future, and not long ago."""
        return _near(self.cleaned_data["day"], self._today)

    def clean_reference(self) -> str:
        """Without spaces."""
        return read_reference(self.cleaned_data["reference"])

    def rows(self) -> list[Row]:
        """The one line."""
        data = self.cleaned_data
        return [Row(day=data["day"], amount=data["amount"], note=data["note"], reference=data["reference"])]


def _near(day: dt.date, today: dt.date) -> dt.date:
    if not dt.timedelta(days=-1) <= today - day <= dt.timedelta(days=90):
        raise ValidationError(_("Tanggalnya harus dalam 90 hari terakhir."), code="day")
    return day


class PasteLines(forms.Form):
    """Lines of a bank statement: day, amount, note and reference, apart by semicolons or tabs."""

    text = forms.CharField(
        label=gettext_lazy("Baris mutasi"),
        max_length=40_000,
        widget=forms.Textarea(
            attrs={"rows": 6, "spellcheck": "false", "placeholder": "24/11/2026; 10.377; BUDI S; FT2611240001"}
        ),
        help_text=gettext_lazy("Satu baris satu uang masuk: tanggal; jumlah; pengirim; referensi."),
    )

    def __init__(self, data: Any = None, *, dealer: Dealer, today: dt.date) -> None:
        super().__init__(data, prefix="paste")
        self.fields["account"] = _accounts(dealer)
        self.order_fields(["account", "text"])
        self._today = today

    def clean_text(self) -> list[Row]:
        """Every line, or what is wrong with the first that cannot be read."""
        lines = [line for line in self.cleaned_data["text"].splitlines() if line.strip()]
        if len(lines) > MOST_LINES:
            raise ValidationError(_("Paling banyak 200 baris sekaligus."), code="too_many")
        return [self._row(number, line) for number, line in enumerate(lines, start=1)]

    def _row(self, number: int, line: str) -> Row:
        try:
            return _read_row(line, self._today)
        except ValidationError as error:
            raise ValidationError(_("Baris %(n)s: %(why)s") % {"n": number, "why": error.messages[0]}) from error

    def rows(self) -> list[Row]:
        """All of them."""
        found: list[Row] = self.cleaned_data["text"]
        return found


def _read_row(line: str, today: dt.date) -> Row:
    parts = [part.strip() for part in re.split(r"[;\t]", line)]
    if len(parts) != 4:
        raise ValidationError(_("harus ada empat bagian: tanggal; jumlah; pengirim; referensi."))
    day, amount, note, reference = parts
    return Row(
        day=_near(_read_day(day), today),
        amount=_read_amount(amount),
        note=note[:120],
        reference=read_reference(reference),
    )


def _read_day(text: str) -> dt.date:
    for form in _DAYS:
        try:
            return dt.datetime.strptime(text, form).date()  # noqa: DTZ007  a day has no zone
        except ValueError:
            continue
    raise ValidationError(_("tanggal tidak terbaca, contoh 24/11/2026."))


def _read_amount(text: str) -> int:
    try:
        amount = money.parse_rupiah(text)
    except money.NotMoney as error:
        raise ValidationError(_("jumlah tidak terbaca, contoh 10.377.")) from error
    if amount <= 0:
        raise ValidationError(_("hanya uang masuk, jadi jumlahnya di atas nol."))
    return amount


class MatchLine(forms.Form):
    """Which payment code a line pays, or which order by its code; or which deposit ticket, or whose deposit it is."""

    payment = forms.IntegerField(required=False, min_value=1)
    ticket = forms.RegexField(r"^[0-9A-Z]{11}$", required=False)
    partner = forms.CharField(label=gettext_lazy("Mitra"), max_length=40, required=False)
    forgives = forms.BooleanField(required=False)
    code = forms.CharField(label=gettext_lazy("Kode pesanan"), max_length=20, required=False)

    def clean_code(self) -> str:
        """The order's code in its one spelling."""
        text = self.cleaned_data["code"]
        if not text:
            return ""
        try:
            return ids.normalise(text)
        except ids.BadCode as error:
            raise ValidationError(
                _("Kode pesanan ini tidak benar. Periksa huruf dan angkanya."), code="code"
            ) from error

    def clean(self) -> dict[str, Any]:
        """One of them."""
        given = super().clean() or {}
        if not self.errors and not any(given.get(name) for name in ("payment", "code", "ticket", "partner")):
            self.add_error("code", _("Tulis kode pesanannya."))
        return given


class SendBack(forms.Form):
    """Money of nobody known was transferred back."""

    reference = forms.CharField(
        label=gettext_lazy("Bukti kirim balik"),
        max_length=60,
        min_length=3,
        help_text=gettext_lazy("Nomor transfer ke pengirimnya."),
    )
    sure = sure(gettext_lazy("Uang sudah dikirim balik ke pengirimnya. Ini tidak bisa dibatalkan."))
