"""The buyer accounts that the simulated supplier knows; the demo connects its suppliers with the same constants."""

from dataclasses import dataclass

OPENING_BALANCE = 1_000_000_000


@dataclass(kw_only=True)
class Account:
    """One buyer. `surcharge` is what every product costs more here, in rupiah; `poll_seconds` the least time
    between two requests about one pending sale (rc 85 otherwise; the real supplier asks for a minute)."""

    username: str
    api_key: str
    webhook_secret: str
    surcharge: int = 0
    balance: int = OPENING_BALANCE
    hook_url: str = ""
    poll_seconds: float = 0.0
    always_200: bool = False
    listing: bytes | None = None
    """What is answered to the price-list call instead of the catalogue, byte for byte."""
    lists_asked: int = 0


KONTER_A = "konter-a"
KONTER_B = "konter-b"
BERKAH_A = "berkah-a"
_SURCHARGES = {KONTER_A: 0, KONTER_B: 40, BERKAH_A: 15}


def demo_accounts() -> list[Account]:
    """Fresh accounts: two of dealer zero, one of Berkah Cell. Their keys are public, like everything in the demo."""
    return [
        Account(username=name, api_key=f"{name}-demo-key", webhook_secret=f"{name}-demo-hook", surcharge=surcharge)
        for name, surcharge in _SURCHARGES.items()
    ]
