"""The first admin of a fresh portal: Django's `createsuperuser`, as konter_app; the password is chosen by mail."""

import re

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from pytest_django import Settings

from dealers import mails, people
from dealers.models import PlatformRole, User

pytestmark = pytest.mark.django_db

CHOSEN = "hujan turun di bandung"


def _make(email: str = "Admin@Portal.test") -> User:
    call_command("createsuperuser", interactive=False, email=email, name="Admin", verbosity=0)
    return User.objects.get(email=email.lower())


def test_the_first_admin_is_made_with_the_role_that_serves() -> None:
    admin = _make()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("konter_app",)
    assert (admin.platform_role, admin.is_staff, admin.is_superuser) == (PlatformRole.ADMIN, True, True)
    assert not admin.has_usable_password()


def test_the_first_admin_chooses_a_password_by_mail_and_opens_the_admin(
    client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.KONTER_BASE_URL = "https://konter.example"
    monkeypatch.setattr(mails, "later", lambda work, *args: work(*args))
    _make()
    people.forgot_password("admin@portal.test")
    found = re.search(r"https://konter\.example(/akun/lupa/\S+/\S+/)", str(mail.outbox[0].body))
    assert found is not None
    client.post(client.get(found[1])["Location"], {"new_password1": CHOSEN, "new_password2": CHOSEN})
    given = {"username": "admin@portal.test", "password": CHOSEN, "next": "/admin/"}
    assert client.post("/admin/login/", given, REMOTE_ADDR="203.0.113.8")["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_the_same_admin_is_not_made_twice() -> None:
    _make()
    with pytest.raises(CommandError):
        _make("ADMIN@portal.test")
    assert User.objects.count() == 1
