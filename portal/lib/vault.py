"""Supplier keys and webhook secrets at rest: AES-256-GCM, bound to the place where they stand.

A sealed value is `v1.<key id>.<nonce>.<ciphertext>`. Its table, column, row and dealer are
authenticated with it, so a value copied into another row does not open there. The first key of
`KONTER_ENCRYPTION_KEYS` (`id:base64,id:base64`) seals, all of them open; `resealed` moves a value to
the first. It fails closed: what cannot be opened raises, and no error holds a key or a plain text.
"""

import base64
import binascii
import hmac
import json
import re
import secrets
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_NONCE_BYTES = 12
_KEY_BYTES = 32
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,16}")


class NoKey(RuntimeError):
    """The key ring is missing or malformed."""


class CannotOpen(RuntimeError):
    """Wrong key, another place, or a changed value; which of them is nobody's to know."""


@dataclass(frozen=True)
class Place:
    """Where a sealed value stands. `row` must be known before sealing: a code or uuid, or the id of a saved row."""

    table: str
    column: str
    row: str | int
    dealer: str | int

    def encoded(self, key_id: str) -> bytes:
        parts = ["v1", key_id, self.table, self.column, str(self.row), str(self.dealer)]
        return json.dumps(parts, separators=(",", ":")).encode()


def seal(plain: str, *, aad: Place) -> str:
    """The text, encrypted for this place with the first key. Raises NoKey."""
    key_id, key = next(iter(_ring().items()))
    nonce = secrets.token_bytes(_NONCE_BYTES)
    encrypted = AESGCM(key).encrypt(nonce, plain.encode(), aad.encoded(key_id))
    return ".".join(("v1", key_id, _encode(nonce), _encode(encrypted)))


def open_(sealed: str, *, aad: Place) -> str:
    """The text that was sealed for this place. Raises CannotOpen, or NoKey without a key ring."""
    ring = _ring()
    version, key_id, nonce, encrypted = _parts(sealed)
    if version != "v1" or key_id not in ring:
        raise CannotOpen
    try:
        return AESGCM(ring[key_id]).decrypt(_decode(nonce), _decode(encrypted), aad.encoded(key_id)).decode()
    except (InvalidTag, ValueError):
        raise CannotOpen from None


def needs_resealing(sealed: str) -> bool:
    """Whether another key than the first sealed it."""
    return _parts(sealed)[1] != next(iter(_ring()))


def resealed(sealed: str, *, aad: Place) -> str:
    """The same text under the first key, for key rotation. Raises CannotOpen."""
    return seal(open_(sealed, aad=aad), aad=aad) if needs_resealing(sealed) else sealed


def lookup_hash(value: str, *, purpose: str = "") -> str:
    """A keyed HMAC-SHA256 by which an equal value is found without storing it; made with the first key."""
    return lookup_hashes(value, purpose=purpose)[0]


def lookup_hashes(value: str, *, purpose: str = "") -> list[str]:
    """The hash under every key of the ring, newest first: what to search for while keys are rotated."""
    message = json.dumps([purpose, value]).encode()
    return [f"h1.{key_id}.{hmac.digest(_derived(key), message, 'sha256').hex()}" for key_id, key in _ring().items()]


def new_key(key_id: str) -> str:
    """A fresh entry for the key ring, to be put first."""
    return f"{key_id}:{base64.urlsafe_b64encode(secrets.token_bytes(_KEY_BYTES)).decode()}"


def _ring() -> dict[str, bytes]:
    return _parsed(tuple(settings.KONTER_ENCRYPTION_KEYS))


@lru_cache(maxsize=4)
def _parsed(entries: tuple[str, ...]) -> dict[str, bytes]:
    ring: dict[str, bytes] = {}
    for number, entry in enumerate(entries, start=1):
        key_id, _, encoded = entry.strip().partition(":")
        try:
            key = _decode(encoded)
        except ValueError:
            key = b""
        if not _KEY_ID.fullmatch(key_id) or len(key) != _KEY_BYTES or key_id in ring:
            raise NoKey(f"entry {number} of KONTER_ENCRYPTION_KEYS is not a new id, a colon and the base64 of 32 bytes")
        ring[key_id] = key
    if not ring:
        raise NoKey("KONTER_ENCRYPTION_KEYS is empty")
    return ring


@lru_cache(maxsize=8)
def _derived(key: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=_KEY_BYTES, salt=None, info=b"konter look-up").derive(key)


def _parts(sealed: str) -> tuple[str, str, str, str]:
    parts = sealed.split(".")
    if len(parts) != 4:
        raise CannotOpen
    return parts[0], parts[1], parts[2], parts[3]


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
