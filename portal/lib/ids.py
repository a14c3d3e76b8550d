"""Codes that people read aloud and secrets that nobody can guess.

An order code is ten random characters of Crockford's base 32 and a check character of the same 32.
The check is a weighted sum over the field GF(32), character i weighing g**i: every changed character
and every two swapped characters (adjacent or not) change the sum, because all weights differ and
none is zero. So a typing error is never another customer's order.
"""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O and U."""
ORDER_CODE_LENGTH = 11
RECEIPT_CODE_LENGTH = 20

_VALUES = {char: value for value, char in enumerate(ALPHABET)}
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"} | dict.fromkeys("-–—_. \t\r\n\u00a0\u200b"))
_PRIMITIVE = 0b100101  # x**5 + x**2 + 1, whose root x generates all 31 elements that are not zero


class BadCode(ValueError):
    """The text is no code; `reason` is `length`, `characters` or `check` (a typing error)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def _times_x(element: int) -> int:
    doubled = element << 1
    return doubled ^ _PRIMITIVE if doubled & 0b100000 else doubled


def check_character(body: str) -> str:
    """The character that makes a body of up to 30 characters an order code."""
    total = 0
    for char in body:  # Horner's rule: the last character of the body weighs x, the check itself 1
        total = _times_x(total ^ _VALUES[char])
    return ALPHABET[total]


def new_order_code() -> str:
    """Eleven characters, upper case: 50 bits of chance and the check. Unique only by the table's constraint."""
    body = _random(ORDER_CODE_LENGTH - 1)
    return body + check_character(body)


def new_receipt_code() -> str:
    """Twenty characters, 100 bits: whoever has it may verify the receipt, nobody finds it by trying."""
    return _random(RECEIPT_CODE_LENGTH)


def new_secret() -> str:
    """128 bits, 22 characters that need no quoting in a URL."""
    return secrets.token_urlsafe(16)


def new_token() -> str:
    """128 bits as 32 hexadecimal digits: a form's idempotency token, which a uuid column takes too."""
    return secrets.token_hex(16)


def normalise(text: str) -> str:
    """The order code in its one spelling, from lower case, O for 0, I or L for 1, dashes and spaces. Raises BadCode."""
    code = _plain(text, length=ORDER_CODE_LENGTH)
    if check_character(code[:-1]) != code[-1]:
        raise BadCode("check")
    return code


def normalise_receipt(text: str) -> str:
    """The receipt code in its one spelling, read as generously as an order code. Raises BadCode."""
    return _plain(text, length=RECEIPT_CODE_LENGTH)


def grouped(code: str) -> str:
    """`7K3MQ9XA2B4` -> `7K3M-Q9XA-2B4`, as it is shown and read aloud."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def _plain(text: str, *, length: int) -> str:
    code = text.upper().translate(_MISREAD)
    if len(code) != length:
        raise BadCode("length")
    if not all(char in _VALUES for char in code):
        raise BadCode("characters")
    return code


def _random(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
