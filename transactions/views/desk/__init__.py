"""The staff side of a dealer's site, one module per page: each view reads, asks, calls and renders."""
