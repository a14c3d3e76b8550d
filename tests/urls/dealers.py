"""The directory and people's own accounts."""

from django.contrib.auth.tokens import default_token_generator
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from dealers import people
from tests.urls.rows import Row, Scene


def _reset_link(scene: Scene) -> list[str]:
    user = scene.people["customer"]
    return [urlsafe_base64_encode(force_bytes(user.pk)), default_token_generator.make_token(user)]


def _shop(scene: Scene) -> list[str]:
    return [scene.here.dealer.slug]


def _somebody_new(_scene: Scene) -> dict[str, str]:
    return {"email": "baru@contoh.test"}


# Statuses: stranger customer foreign owner manager cashier cs trainer platform; one number is for everybody.
ROWS = [
    Row(name="directory", get="200", post="405"),
    Row(name="manifest", at=_shop, get="200", post="405"),
    Row(name="manifest", at=lambda s: ["tidak-ada"], get="404", post="404"),
    Row(name="icon_svg", at=_shop, get="200", post="405"),
    Row(name="icon_png", at=lambda s: [s.here.dealer.slug, "192"], get="200", post="405"),
    Row(name="icon_png", at=lambda s: [s.here.dealer.slug, "64"], get="404", post="405"),
    Row(name="language", get="405", post="302", fields=lambda s: {"language": "en", "next": "/"}),
    Row(
        name="account",
        get="302 200 200 200 200 200 200 200 200",
        post="302 405 405 405 405 405 405 405 405",
    ),
    Row(name="sign_in", get="200", post="200"),
    Row(name="sign_out", get="405", post="302"),
    Row(name="sign_up", get="200", post="302", fields=_somebody_new),
    Row(name="sign_up_sent", get="200", post="405"),
    Row(name="sign_up_finish", get="302", post="302"),
    Row(name="sign_up_link", at=lambda s: [people.invitation("baru@contoh.test")], get="302", post="405"),
    Row(name="sign_up_link", at=lambda s: ["bukan-undangan"], get="410", post="405"),
    Row(
        name="password_change",
        get="302 200 200 200 200 200 200 200 200",
        post="302 200 200 200 200 200 200 200 200",
    ),
    Row(
        name="pin",
        get="302 200 200 200 200 200 200 200 200",
        post="302 302 302 302 302 302 302 302 302",
        fields=lambda s: {"pin": "402817", "again": "402817", "ask_above": "0", "password": "konter-test-123"},
    ),
    Row(name="password_reset", get="200", post="302", fields=_somebody_new),
    Row(name="password_reset_sent", get="200", post="405"),
    Row(name="password_reset_confirm", at=_reset_link, get="302", post="302"),
    Row(name="password_reset_confirm", at=lambda s: ["MQ", "bukan-token"], get="200", post="200"),
]
