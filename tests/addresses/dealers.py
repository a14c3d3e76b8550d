"""The directory, accounts and the language switch."""

from dealers import people
from tests.addresses.expect import Row, everyone, signed_in

ROWS = {
    "directory": Row(get=everyone(200), post=everyone(405)),
    "language": Row(get=everyone(405), post=everyone(302)),
    "account": Row(get=signed_in(200), post=signed_in(405)),
    "sign_in": Row(get=everyone(200), post=everyone(200)),
    "sign_out": Row(get=everyone(405), post=everyone(302)),
    "sign_up": Row(get=everyone(200), post=everyone(200)),
    "sign_up_sent": Row(get=everyone(200), post=everyone(405)),
    "sign_up_finish": Row(get=everyone(302), post=everyone(302)),
    "sign_up_link": Row(
        get=everyone(302), post=everyone(405), at=lambda w: {"token": people.invitation("baru@contoh.test")}
    ),
    "password_change": Row(get=signed_in(200), post=signed_in(200)),
    "password_reset": Row(get=everyone(200), post=everyone(200)),
    "password_reset_sent": Row(get=everyone(200), post=everyone(405)),
    "password_reset_confirm": Row(
        get=everyone(200), post=everyone(200), at=lambda w: {"uidb64": "MQ", "token": "made-up"}
    ),
}
