"""The simulated supplier tells its buyers: signed callbacks, in order, repeated for about a minute.

Source of headers and form: Digiflazz buyer API documentation (webhook).
"""

import asyncio
import hashlib
import hmac
import ssl
import uuid
from collections.abc import Callable
from urllib.parse import urlsplit

_PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
_SECONDS = 10.0
_AT_ONCE = 32


class Hooks:
    """Delivers callbacks, at most so many at once."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(_AT_ONCE)

    async def tell(self, url: str, secret: str, body: bytes, *, event: str = "update") -> bool:
        """POST until somebody says 2xx; False when nobody did. A repeat carries the same delivery id."""
        delivery = str(uuid.uuid4())
        return await self.deliver(url, lambda: _headers(secret, body, event=event, delivery=delivery), body)

    async def deliver(self, url: str, headers: Callable[[], dict[str, str]], body: bytes) -> bool:
        """POST with fresh headers each time until somebody says 2xx; False when nobody did."""
        for pause in (*_PAUSES, None):
            async with self._turn:
                if await self._post(url, headers(), body):
                    return True
            if pause is not None:
                await asyncio.sleep(pause)
        return False

    async def _post(self, url: str, headers: dict[str, str], body: bytes) -> bool:
        try:
            async with asyncio.timeout(_SECONDS):
                return await _exchange(url, headers, body)
        except (OSError, TimeoutError, ValueError):
            return False


def _headers(secret: str, body: bytes, *, event: str, delivery: str) -> dict[str, str]:
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Digiflazz-Hookshot",
        "X-Digiflazz-Event": event,
        "X-Digiflazz-Delivery": delivery,
    }
    if secret:
        headers["X-Hub-Signature"] = "sha1=" + hmac.new(secret.encode(), body, hashlib.sha1).hexdigest()
    return headers


async def _exchange(url: str, headers: dict[str, str], body: bytes) -> bool:
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    context = ssl.create_default_context() if secure else None
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port or (443 if secure else 80), ssl=context)
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        given = {**headers, "Content-Length": str(len(body)), "Connection": "close"}
        lines = [f"POST {target} HTTP/1.1", f"Host: {parts.netloc}", *(f"{name}: {given[name]}" for name in given)]
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        await writer.drain()
        status = (await reader.readline()).split(b" ")
        return len(status) > 1 and status[1].startswith(b"2")
    finally:
        writer.close()
