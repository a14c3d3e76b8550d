"""Ways to take a customer's money; which exist is in `registry.py`."""
