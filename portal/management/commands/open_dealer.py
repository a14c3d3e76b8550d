"""`manage.py open_dealer`: a new dealer with its book, its first outlet and its owner.

The owner is told by mail how to choose a password, unless the address has an account already. Asked again with
the same owner it says what stands and changes nothing. The operator is opened first: `--operator`.
"""

from argparse import ArgumentParser, BooleanOptionalAction

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from dealers.models.dealers import Zone
from portal import opening
from portal.opening import NewDealer, Opened


class Command(BaseCommand):
    """Opens one dealer; exit code 1 and a sentence when it cannot."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What a dealer needs, and what it may have."""
        parser.add_argument("slug", help="its address: /k/<slug>/")
        parser.add_argument("--name", required=True, help="the shop's name")
        parser.add_argument(
            "--owner", required=True, metavar="EMAIL", help="who owns it; a new account if there is none"
        )
        parser.add_argument("--owner-name", default="", help="the name of a new owner")
        parser.add_argument("--town", default="", help="kabupaten or kota, like 'Kota Bandung'")
        parser.add_argument("--address", default="", help="street and number")
        parser.add_argument("--phone", default="", help="with the country, like +622131900000")
        parser.add_argument("--zone", choices=Zone.names, default=Zone.WIB.name, help="time zone (WIB)")
        parser.add_argument(
            "--operator", action="store_true", help="it operates the portal and owns the stock (dealer zero)"
        )
        parser.add_argument(
            "--stock", action=BooleanOptionalAction, help="sell from the operator's stock (yes, but for the operator)"
        )

    def handle(self, *_args: object, **options: str) -> None:
        """Open, tell, invite. Raises CommandError with the reason of a refusal."""
        try:
            opened = opening.open_dealer(_wanted(options))
        except opening.Refused as refusal:
            raise CommandError(f"{refusal} Nothing was changed.") from refusal
        self._tell(opened)
        try:
            opening.invite(opened)
        except (OSError, ImproperlyConfigured) as error:
            raise CommandError(
                f"The dealer is open, but the mail to {opened.owner.email} could not be sent ({error}). "
                f"Mend EMAIL_URL; then the owner asks for the link at {settings.KONTER_BASE_URL}/akun/lupa/"
            ) from error
        if opened.is_owner_new:
            self.stdout.write(f"A mail to {opened.owner.email} tells how to choose a password.")

    def _tell(self, opened: Opened) -> None:
        dealer = opened.dealer
        place = f"{settings.KONTER_BASE_URL}/k/{dealer.slug}/"
        if opened.is_new:
            self.stdout.write(f"{dealer.name} is open: {place}")
        else:
            self.stdout.write(f"{dealer.name} stands already: {place} Nothing was changed.")
        if dealer.is_zero:
            self.stdout.write("It operates this portal and owns the stock that other dealers sell.")
        elif opened.buys_stock:
            self.stdout.write("It may sell from the operator's stock, once its wallet there has money.")
        else:
            self.stdout.write("It does not sell from the operator's stock.")
        self.stdout.write(f"Its owner is {opened.owner.email}{', with a new account' if opened.is_owner_new else ''}.")


def _wanted(options: dict[str, str]) -> NewDealer:
    is_zero = bool(options["operator"])
    stock = options["stock"]
    return NewDealer(
        slug=options["slug"],
        name=options["name"],
        owner=options["owner"],
        owner_name=options["owner_name"],
        is_zero=is_zero,
        buys_stock=not is_zero if stock is None else bool(stock),
        regency=options["town"],
        address=options["address"],
        phone=options["phone"],
        time_zone=Zone[options["zone"]],
    )
