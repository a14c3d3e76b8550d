"""The home's certificates: made once, renewed in time, believed for this machine only."""

import datetime
import ssl
import urllib.error
import urllib.request
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

import pytest
from cryptography import x509

from portal.embedded import StartError, certificates
from portal.embedded.certificates import Files
from tests.portal.servers import RawServer, answering_always


def _server(places: Files) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(places.chain, places.key)
    return context


def _names(places: Files) -> list[object]:
    found = x509.load_pem_x509_certificate(places.chain.read_bytes())
    named = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return [name.value for name in named]


def _mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def _ask(port: int, *, host: str = "127.0.0.1", authority: Path | None) -> int:
    context = ssl.create_default_context(cafile=authority)
    with urllib.request.urlopen(f"https://{host}:{port}/", timeout=5, context=context) as answer:
        return int(answer.status)


def _days_ago(monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    then = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=days)
    monkeypatch.setattr(certificates, "_now", lambda: then)


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "localhost"])
def test_the_certificate_names_this_machine(tmp_path: Path, host: str) -> None:
    assert _names(certificates.keep(tmp_path, host)) == ["localhost", IPv4Address("127.0.0.1"), IPv6Address("::1")]


@pytest.mark.parametrize("host", ["192.168.1.7", "203.0.113.9", "konter.example", "2001:db8::7"])
def test_the_certificate_names_the_host_too(tmp_path: Path, host: str) -> None:
    assert str(_names(certificates.keep(tmp_path, host))[-1]) == host


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_client_that_trusts_the_authority_gets_an_answer(tmp_path: Path, host: str) -> None:
    places = certificates.keep(tmp_path, "127.0.0.1")
    with RawServer(answering_always(), tls=_server(places)) as server:
        assert _ask(server.port, host=host, authority=places.authority) == 200


def test_a_client_that_does_not_trust_the_authority_refuses(tmp_path: Path) -> None:
    places = certificates.keep(tmp_path, "127.0.0.1")
    with (
        RawServer(answering_always(), tls=_server(places)) as server,
        pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        _ask(server.port, authority=None)


def test_nobody_believes_the_authority_about_the_rest_of_the_world(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = certificates.keep(tmp_path, "127.0.0.1")
    authority = certificates._Authority.read(places)
    assert authority is not None
    authority.issue(places, ["bank.example"])
    context = ssl.create_default_context(cafile=places.authority)
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = context.wrap_bio(incoming, outgoing, server_hostname="bank.example")
    to_server, from_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = _server(places).wrap_bio(to_server, from_server, server_side=True)
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree violation"):
        for _ in range(4):
            for side in (client, server):
                try:
                    side.do_handshake()
                except ssl.SSLWantReadError:
                    to_server.write(outgoing.read())
                    incoming.write(from_server.read())


def test_only_its_user_can_read_the_keys_and_everybody_the_authority(tmp_path: Path) -> None:
    places = certificates.keep(tmp_path, "127.0.0.1")
    assert (_mode(places.key), _mode(places.authority_key), _mode(places.authority)) == (0o600, 0o600, 0o644)


def test_nothing_changes_at_the_next_start(tmp_path: Path) -> None:
    places = certificates.keep(tmp_path, "127.0.0.1")
    before = {path: path.read_bytes() for path in places.key.parent.iterdir()}
    certificates.keep(tmp_path, "127.0.0.1")
    assert {path: path.read_bytes() for path in places.key.parent.iterdir()} == before


@pytest.mark.parametrize(("age", "renewed"), [(366, False), (368, True), (500, True)])
def test_a_certificate_near_its_end_is_renewed_by_the_same_authority(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, age: int, renewed: bool
) -> None:
    with monkeypatch.context() as then:
        _days_ago(then, age)
        places = certificates.keep(tmp_path, "127.0.0.1")
    authority, chain = places.authority.read_bytes(), places.chain.read_bytes()
    certificates.keep(tmp_path, "127.0.0.1")
    assert (places.authority.read_bytes() == authority, places.chain.read_bytes() != chain) == (True, renewed)


def test_an_authority_that_would_end_before_its_certificate_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as then:
        _days_ago(then, 3300)
        places = certificates.keep(tmp_path, "127.0.0.1")
    before = places.authority.read_bytes()
    certificates.keep(tmp_path, "127.0.0.1")
    assert places.authority.read_bytes() != before


def test_another_host_in_a_private_network_keeps_the_authority(tmp_path: Path) -> None:
    before = certificates.keep(tmp_path, "127.0.0.1").authority.read_bytes()
    places = certificates.keep(tmp_path, "10.1.2.3")
    assert (places.authority.read_bytes(), _names(places)[-1]) == (before, IPv4Address("10.1.2.3"))


def test_a_host_that_the_authority_cannot_vouch_for_gets_a_new_authority(tmp_path: Path) -> None:
    certificates.keep(tmp_path, "127.0.0.1")
    places = certificates.keep(tmp_path, "konter.example")
    authority = certificates._Authority.read(places)
    assert authority is not None
    assert authority.may_name(["localhost", "127.0.0.1", "konter.example", "toko.konter.example"])
    assert not authority.may_name(["example"])


@pytest.mark.parametrize("name", ["ca.pem", "ca.key", "server.pem", "server.key"])
@pytest.mark.parametrize("damage", ["missing", "empty", "garbage"])
def test_what_is_damaged_is_made_again(tmp_path: Path, name: str, damage: str) -> None:
    places = certificates.keep(tmp_path, "127.0.0.1")
    path = places.key.parent / name
    if damage == "missing":
        path.unlink()
    else:
        path.write_text(
            "" if damage == "empty" else "-----BEGIN CERTIFICATE-----\nbm9uc2Vuc2U=\n-----END CERTIFICATE-----"
        )
    certificates.keep(tmp_path, "127.0.0.1")
    with RawServer(answering_always(), tls=_server(places)) as server:
        assert _ask(server.port, authority=places.authority) == 200


def test_a_folder_that_cannot_be_used_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "tls").write_text("a file")
    with pytest.raises(StartError, match="certificates cannot be kept"):
        certificates.keep(tmp_path, "127.0.0.1")
