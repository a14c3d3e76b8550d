"""Two answers for whoever supervises us: I am up, and I can work.

Ready means that PostgreSQL answers and carries every migration of this code. Redis never decides:
a shop sells without it. With the metrics token the answer also names the role of our connection,
which must be an ordinary one, or row-level security hides nothing.
"""

import hmac

import redis
import structlog
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.lib import limits

log = structlog.get_logger(__name__)

_migrated: set[str] = set()
"""Aliases found complete once: code and database of a running process do not drift apart."""


def has_token(request: HttpRequest) -> bool:
    """Whether the request carries `Authorization: Bearer <METRICS_TOKEN>`; without a token set, nobody does."""
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    token: str = settings.METRICS_TOKEN
    return bool(token) and kind.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode())


@never_cache
@require_safe
def live(_request: HttpRequest) -> HttpResponse:
    """200 as soon as the process answers at all."""
    return JsonResponse({"status": "live"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """200 when PostgreSQL is up and migrated, else 503 with the reason."""
    try:
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute("SELECT 1")
        if not _is_migrated(DEFAULT_DB_ALIAS):
            return _not_ready("migrations")
        details = _details() if has_token(request) else {}
    except (DatabaseError, InterfaceError) as error:
        log.warning("not ready", reason="database", error=str(error))
        return _not_ready("database")
    return JsonResponse({"status": "ready"} | details)


def _not_ready(reason: str) -> HttpResponse:
    return JsonResponse({"status": "not_ready", "reason": reason}, status=503, headers={"Retry-After": "2"})


def _is_migrated(alias: str) -> bool:
    if alias not in _migrated:
        executor = MigrationExecutor(connections[alias])
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return False
        _migrated.add(alias)
    return True


def _details() -> dict[str, object]:
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT current_user, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        user, superuser, bypass = cursor.fetchone()
    return {"current_user": user, "rolsuper": superuser, "rolbypassrls": bypass, "redis": _redis_state()}


def _redis_state() -> str:
    try:
        limits.client(settings.REDIS_URL).ping()
    except (redis.RedisError, OSError):
        return "down"
    return "up"
