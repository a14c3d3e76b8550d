"""The native API, version 1, under `/api/v1/`."""
