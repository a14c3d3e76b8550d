"""The demo's mails are listed and read, safely, and nowhere but in the demo."""

from pathlib import Path

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.test import Client
from pytest_django import Settings

from portal import mailbox


@pytest.fixture
def client(settings: Settings, tmp_path: Path) -> Client:
    settings.MIDDLEWARE = []
    settings.DEMO = True
    settings.KONTER_BASE_URL = "http://localhost:8000"
    settings.MAIL_FOLDER = tmp_path / "mail"
    return Client()


def _send(settings: Settings, *mails: EmailMessage) -> None:
    backend = get_connection("django.core.mail.backends.filebased.EmailBackend", file_path=settings.MAIL_FOLDER)
    backend.send_messages(list(mails))


def _mail(subject: str = "Masuk", body: str = "Halo", to: str = "budi@contoh.test") -> EmailMessage:
    return EmailMessage(subject, body, "konter@localhost", [to])


def _page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_empty_mailbox_says_when_mails_come(client: Client) -> None:
    assert "Belum ada surat." in _page(client, "/demo/surat/")


def test_the_newest_mail_stands_first(client: Client, settings: Settings) -> None:
    _send(settings, _mail("Pertama"), _mail("Kedua"))
    _send(settings, _mail("Ketiga", to="siti@contoh.test"))
    page = _page(client, "/demo/surat/")
    assert page.index("Ketiga") < page.index("Kedua") < page.index("Pertama")
    assert "siti@contoh.test" in page


def test_every_mail_of_a_connection_can_be_read(client: Client, settings: Settings) -> None:
    _send(settings, _mail("Pertama", "isi satu"), _mail("Kedua — é", "isi dua\n" + "-" * 79 + "\nmasih dua"))
    newest, oldest = mailbox.letters()
    assert newest.subject == "Kedua — é"
    page = _page(client, f"/demo/surat/{newest.name}/")
    assert "isi dua" in page
    assert "masih dua" in page
    assert "isi satu" not in page
    assert "isi satu" in _page(client, f"/demo/surat/{oldest.name}/")


def test_a_mail_with_html_shows_its_text(client: Client, settings: Settings) -> None:
    mail = EmailMultiAlternatives("Dua bagian", "isi teks", "konter@localhost", ["budi@contoh.test"])
    mail.attach_alternative("<b>isi html</b>", "text/html")
    _send(settings, mail)
    (letter,) = mailbox.letters()
    assert "isi teks" in _page(client, f"/demo/surat/{letter.name}/")


def test_a_mail_cannot_bring_markup(client: Client, settings: Settings) -> None:
    _send(settings, _mail("<script>x</script>", "<script>alert(1)</script> http://localhost:8000/<img src=x>"))
    (letter,) = mailbox.letters()
    for page in (_page(client, "/demo/surat/"), _page(client, f"/demo/surat/{letter.name}/")):
        assert "<script>alert" not in page
        assert "<script>x" not in page
        assert "<img" not in page


def test_only_links_to_this_portal_can_be_followed(client: Client, settings: Settings) -> None:
    own = "http://localhost:8000/akun/atur-ulang/MQ/abc-123/?next=/a&b=1"
    foreign = [
        "https://jahat.example/",
        "http://localhost:8000.jahat.example/",
        "http://localhost:8000@jahat.example/x",
    ]
    _send(settings, _mail(body=f"Buka {own}.\n" + "\n".join([*foreign, "javascript:alert(1)"])))
    (letter,) = mailbox.letters()
    page = _page(client, f"/demo/surat/{letter.name}/")
    assert f'<a href="{own.replace("&", "&amp;")}">' in page
    assert page.count('<a href="http') == 1
    assert "jahat.example" in page


@pytest.mark.parametrize(
    "name",
    [
        "..%2f..%2fsecret",
        "%2e%2e%2fsecret.log.1",
        "20250101-000000-1.1",
        "secret.1",
        "20250101-000000-1",
        "20250101-000000-1.log.1",
        "x%00",
    ],
)
def test_no_other_file_can_be_read(client: Client, settings: Settings, name: str) -> None:
    settings.MAIL_FOLDER.mkdir()
    (settings.MAIL_FOLDER / "secret.log").write_text("Content-Type: text/plain\n\nsecret")
    (settings.MAIL_FOLDER.parent / "secret.log").write_text("Content-Type: text/plain\n\nsecret")
    assert client.get(f"/demo/surat/{name}/").status_code == 404


@pytest.mark.parametrize("place", ["0", "2", "9999"])
def test_a_mail_that_is_not_there_is_404(client: Client, settings: Settings, place: str) -> None:
    _send(settings, _mail())
    (letter,) = mailbox.letters()
    assert client.get(f"/demo/surat/{letter.name.rpartition('.')[0]}.{place}/").status_code == 404


def test_outside_the_demo_there_is_no_mailbox(client: Client, settings: Settings) -> None:
    _send(settings, _mail())
    (letter,) = mailbox.letters()
    settings.DEMO = False
    assert client.get("/demo/surat/").status_code == 404
    assert client.get(f"/demo/surat/{letter.name}/").status_code == 404
