"""What may stand in a cell of a file that a spreadsheet will open."""

_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "|")


def text(value: str) -> str:
    """The text, with a mark before it where a spreadsheet would take it for a formula."""
    return f"'{value}" if value.startswith(_RISKY) else value
