"""The platform's admin works on tables that belong to no dealer; those of the dealers are the desk's."""

import pytest
from django.contrib import admin
from django.test import Client

from dealers.models import User
from tests import factories


def test_no_table_of_a_dealer_is_in_the_platforms_admin() -> None:
    tables = [model for model in admin.site._registry if any(f.name == "dealer" for f in model._meta.get_fields())]
    assert [model.__name__ for model in tables if hasattr(model, "dealer_id")] == []
    assert User in admin.site._registry


@pytest.mark.django_db
def test_staff_of_a_dealer_have_no_business_there(client: Client) -> None:
    client.force_login(factories.member(factories.dealer()))
    assert client.get("/admin/").status_code == 302


@pytest.mark.django_db
def test_wrong_passwords_count_by_one_spelling_of_the_address(client: Client) -> None:
    for spelling in ["Admin@konter.test", "admin@KONTER.test"] * 4:
        given = {"username": spelling, "password": "salah-salah-salah"}
        answer = client.post("/admin/login/", given, REMOTE_ADDR="203.0.113.44")
    assert answer.status_code == 429
