"""Measures of Konter, each against a reference of the same run on the same machine. `make bench` runs them."""
