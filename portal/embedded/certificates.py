"""The certificates of `$KONTER_HOME`: an authority made once, and one for the https port.

A browser that is told to trust the authority (`tls/ca.pem`) trusts it for this machine and private networks only: the
names it may vouch for are written into it, so that a stolen key opens nobody's bank. Only this user can read the keys.
"""

import datetime
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from portal.embedded.environment import StartError, write_private

LOOPBACK = ("localhost", "127.0.0.1", "::1")
_NEAR = ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7", "fe80::/10")
_AUTHORITY_DAYS = 3650
_SERVER_DAYS = 397
"""The longest that browsers take from authorities of the world; ours need not try their patience."""
_NEAR_ITS_END = datetime.timedelta(days=30)
_EVERYWHERE = {"0.0.0.0", "::", ""}  # noqa: S104 compared


@dataclass(frozen=True, kw_only=True)
class Files:
    """Where the PEM files lie; `chain` and `key` are what a server needs, `authority` is what a client trusts."""

    authority: Path
    authority_key: Path
    chain: Path
    key: Path


def files(home: Path) -> Files:
    """The places in this home; nothing needs to be there yet."""
    folder = home / "tls"
    return Files(
        authority=folder / "ca.pem",
        authority_key=folder / "ca.key",
        chain=folder / "server.pem",
        key=folder / "server.key",
    )


def keep(home: Path, host: str) -> Files:
    """Make what is missing, was broken, nears its end, or does not name `host`; leave the rest as it is.

    Raises StartError when the folder cannot be used.
    """
    places = files(home)
    names = [*LOOPBACK] + ([host] if host not in {*LOOPBACK, *_EVERYWHERE} else [])
    try:
        places.authority.parent.mkdir(mode=0o755, exist_ok=True)
        authority = _Authority.read(places)
        if authority is None or not authority.may_name(names):
            authority = _Authority.make(host)
            authority.write(places)
        if not _is_good(places, authority, names):
            authority.issue(places, names)
    except OSError as error:
        raise StartError(f"The certificates cannot be kept in {places.authority.parent}: {error.strerror}.") from error
    return places


@dataclass(frozen=True)
class _Authority:
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @classmethod
    def read(cls, places: Files) -> "_Authority | None":
        """What lies there, if it is whole and lasts longer than a server's certificate."""
        try:
            found = x509.load_pem_x509_certificate(places.authority.read_bytes())
            key = serialization.load_pem_private_key(places.authority_key.read_bytes(), password=None)
        except (FileNotFoundError, ValueError):
            return None
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != found.public_key():
            return None
        lasts = found.not_valid_after_utc > _now() + datetime.timedelta(days=_SERVER_DAYS)
        return cls(found, key) if lasts else None

    @classmethod
    def make(cls, host: str) -> "_Authority":
        key = ec.generate_private_key(ec.SECP256R1())
        made = _now()
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Konter on this machine, {made:%Y-%m-%d %H:%M:%S}")])
        near = [x509.DNSName("localhost"), *(x509.IPAddress(ip_network(network)) for network in _NEAR)]
        further = [] if host in _EVERYWHERE else [_subtree(host)]
        builder = (
            _builder(name, name, key.public_key(), days=_AUTHORITY_DAYS)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(x509.NameConstraints([*near, *further], None), critical=True)
            .add_extension(_usage(signs_certificates=True), critical=True)
        )
        return cls(builder.sign(key, hashes.SHA256()), key)

    def may_name(self, names: Iterable[str]) -> bool:
        """Whether clients will believe a certificate of ours for each of these names."""
        permitted = self.certificate.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees
        return all(any(_covers(subtree, name) for subtree in permitted or ()) for name in names)

    def write(self, places: Files) -> None:
        write_private(places.authority_key, _pem(self.key))
        write_private(places.authority, _pem(self.certificate))
        places.authority.chmod(0o644)  # for every program and browser that is to trust it

    def issue(self, places: Files, names: list[str]) -> None:
        """A new certificate and key for the server; the key is there before the certificate that needs it."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Konter")])
        builder = (
            _builder(subject, self.certificate.subject, key.public_key(), days=_SERVER_DAYS)
            .add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
        )
        write_private(places.key, _pem(key))
        write_private(places.chain, _pem(builder.sign(self.key, hashes.SHA256())) + _pem(self.certificate))


def _is_good(places: Files, authority: _Authority, names: list[str]) -> bool:
    """Whether the server's certificate is ours, names exactly these, has its key, and some time left."""
    try:
        found = x509.load_pem_x509_certificate(places.chain.read_bytes())
        found.verify_directly_issued_by(authority.certificate)
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(places.chain, places.key)
        named = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (FileNotFoundError, ssl.SSLError, ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False
    exactly = set(named) == {_general(name) for name in names}
    return exactly and found.not_valid_after_utc > _now() + _NEAR_ITS_END


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, *, days: int
) -> x509.CertificateBuilder:
    now = _now()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))  # another machine's clock may be behind
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name.encode("idna").decode())


def _subtree(name: str) -> x509.GeneralName:
    general = _general(name)
    return x509.IPAddress(ip_network(name)) if isinstance(general, x509.IPAddress) else general


def _covers(subtree: x509.GeneralName, name: str) -> bool:
    general = _general(name)
    if isinstance(subtree, x509.IPAddress) and isinstance(general, x509.IPAddress):
        return isinstance(subtree.value, IPv4Network | IPv6Network) and ip_address(name) in subtree.value
    same_kind = isinstance(subtree, x509.DNSName) and isinstance(general, x509.DNSName)
    return same_kind and f".{general.value}".endswith(f".{subtree.value}")


def _pem(thing: x509.Certificate | ec.EllipticCurvePrivateKey) -> str:
    if isinstance(thing, x509.Certificate):
        return thing.public_bytes(serialization.Encoding.PEM).decode()
    return thing.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
