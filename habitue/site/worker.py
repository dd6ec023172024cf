"""The worker process: runs jobs from PostgreSQL's queue, sends webhooks, shows that it lives."""

import os
import threading


def main() -> None:
    """Work until told to stop; a job in progress gets some seconds to end."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "habitue.site.settings")
    import django

    django.setup()
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.django_connector import DjangoConnector

    from habitue.connectors.webhooks import loop
    from habitue.site import garbage, health

    garbage.settle()
    stop = threading.Event()
    webhooks = loop.start(stop)
    connector = app.connector
    assert isinstance(connector, DjangoConnector)
    try:
        with app.replace_connector(connector.get_worker_connector()) as worker:
            worker.run_worker(
                concurrency=2,
                update_heartbeat_interval=health.HEARTBEAT.total_seconds(),
                stalled_worker_timeout=health.PATIENCE.total_seconds(),
                shutdown_graceful_timeout=8,
            )
    finally:
        stop.set()
        webhooks.join(loop.GRACE + 1)


if __name__ == "__main__":
    main()
