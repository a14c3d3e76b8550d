"""What every address of the portal answers to everybody: one module of expectations per part of the site.

A new address needs one `Row` in the module of its part; `tests/test_every_url.py` fails without it.
"""
