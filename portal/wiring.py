"""Where the apps are joined: every hook is connected here and nowhere else."""

from transactions import stock
from transactions.suppliers import zero


def connect() -> None:
    """Called once, when the apps are ready."""
    zero.sell.connect(stock.sell)
    zero.stock_for.connect(stock.stock_for)
