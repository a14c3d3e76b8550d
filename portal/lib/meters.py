"""What Konter counts, for Prometheus; `portal/metrics.py` shows it.

Everyone may count: the objects know no app. Labels are names from a closed list (routes, statuses,
supplier codes), never a number, a code or a path, so that they stay few and give nobody away.
With `PROMETHEUS_MULTIPROC_DIR` set, all processes count into that folder and one answers for all.
"""

import os
from pathlib import Path

from prometheus_client import Counter, Gauge, Histogram

if _folder := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
    Path(_folder).mkdir(parents=True, exist_ok=True)

_FAST = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_CALLS = (0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 30, 60)

http_requests = Counter("konter_http_requests", "Requests answered", ["method", "route", "status"])
http_seconds = Histogram("konter_http_seconds", "Seconds from request to answer", ["method", "route"], buckets=_FAST)
database_trouble = Counter("konter_database_trouble", "Requests answered 503 because of the database", ["code"])
limits_refused = Counter("konter_limits_refused", "Requests refused by a rate limit", ["limit"])
limits_local = Counter("konter_limits_local", "Rate limits decided without Redis", ["limit"])

orders_placed = Counter("konter_orders_placed", "Orders accepted", ["gateway"])
orders_finished = Counter("konter_orders_finished", "Orders that reached an end", ["status"])
wallets_insufficient = Counter("konter_wallets_insufficient", "Purchases refused for want of balance", ["kind"])

supplier_calls = Counter("konter_supplier_calls", "Calls to suppliers", ["supplier", "outcome"])
supplier_seconds = Histogram("konter_supplier_seconds", "Seconds of a supplier call", ["supplier"], buckets=_CALLS)
callbacks = Counter(
    "konter_callbacks", "Inbound callbacks; result: accepted, repeated, forged, orphan", ["source", "result"]
)

dispatcher_batch = Histogram(
    "konter_dispatcher_batch", "Due rows claimed at once", buckets=(0, 1, 2, 5, 10, 20, 30, 40, 50)
)
dispatcher_lag = Gauge(
    "konter_dispatcher_lag_seconds", "Age of the oldest due row at the last claim", multiprocess_mode="livemax"
)
