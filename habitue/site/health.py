"""Whether web, database and worker live, for people, monitors and the supervisor."""

import datetime
import logging

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse

# The worker writes every HEARTBEAT; two missed and a bit is dead.
HEARTBEAT = datetime.timedelta(seconds=4)
PATIENCE = datetime.timedelta(seconds=12)


class NotHealth(logging.Filter):
    """Keeps the answers 503 of the pages below, which monitors ask for, out of the log."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        return getattr(request, "path", "") not in ("/health", "/ready")


def health(request: HttpRequest) -> JsonResponse:
    """200 when everything lives, else 503; the body names each part."""
    parts = {"web": "ok", **_database_and_worker()}
    well = all(state == "ok" for state in parts.values())
    return _answer({"status": "ok" if well else "failing", **parts}, well)


def ready(request: HttpRequest) -> JsonResponse:
    """200 when a request can be served: web and database; a late worker does not stop a till."""
    parts = {"web": "ok", "database": _database_and_worker()["database"]}
    well = parts["database"] == "ok"
    return _answer({"status": "ok" if well else "failing", **parts}, well)


def _answer(body: dict[str, str], well: bool) -> JsonResponse:
    response = JsonResponse(body, status=200 if well else 503)
    response["Cache-Control"] = "no-store"
    return response


def _database_and_worker() -> dict[str, str]:
    from habitue.connectors.webhooks import loop  # Django reads this module before its models

    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT (SELECT now() - max(last_heartbeat) FROM procrastinate_workers),"
                " (SELECT now() - max(at) FROM connectors_pulse WHERE name = %s)",
                [loop.NAME],
            )
            ages = cursor.fetchone()
    except DatabaseError:
        connection.close()
        return {"database": "unreachable", "worker": "unknown", "webhooks": "unknown"}
    worker, webhooks = (_state(age) for age in ages)
    return {"database": "ok", "worker": worker, "webhooks": webhooks}


def _state(age: datetime.timedelta | None) -> str:
    if age is None:
        return "not started"
    return "ok" if age <= PATIENCE else "silent"
