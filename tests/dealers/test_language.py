"""The language switch: a cookie, and back to where it was pressed, never to another site."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_the_choice_is_kept_and_leads_back(client: Client) -> None:
    answer = client.post("/bahasa/", {"language": "en", "next": "/akun/masuk/"})
    assert (answer.status_code, answer["Location"]) == (302, "/akun/masuk/")
    assert 'lang="en"' in client.get("/akun/masuk/").content.decode()


def test_the_choice_does_not_lead_elsewhere(client: Client) -> None:
    answer = client.post("/bahasa/", {"language": "en", "next": "https://jahat.test/"})
    assert answer["Location"] == "/"


def test_an_unknown_language_changes_nothing(client: Client) -> None:
    client.post("/bahasa/", {"language": "xx", "next": "/"})
    assert 'lang="id"' in client.get("/akun/masuk/").content.decode()


def test_a_link_cannot_switch(client: Client) -> None:
    assert client.get("/bahasa/?language=en").status_code == 405
