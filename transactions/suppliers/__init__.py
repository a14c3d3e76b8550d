"""How Konter talks to whoever sells to it. One file per protocol, one line each in `registry.py`."""
