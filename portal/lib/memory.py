"""What a process that lives long tells Python's garbage collector, once everything is loaded.

Django's modules, models and templates are some hundred thousand objects that never go away, and looking
through them again and again was a tenth of a request. What a request leaves behind is freed by counting;
the collector is for cycles, and those can wait for more company.
"""

import gc

_YOUNG = 20_000
"""So many objects more than before, and the youngest are looked through; Python's own value is 700."""


def settle() -> None:
    """Leave out of every later collection what is here now."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, 20, 20)
