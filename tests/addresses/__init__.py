"""What every address answers to whom: one module per part of the portal, one row per URL pattern.

A new pattern needs a row here before `tests/test_every_url.py` passes; a row without a pattern fails too.
"""

from tests.addresses import admin, dealers, desk, hooks, portal, shop
from tests.addresses.expect import Row

ROWS: dict[str, Row] = {**portal.ROWS, **dealers.ROWS, **shop.ROWS, **desk.ROWS, **hooks.ROWS, **admin.ROWS}
