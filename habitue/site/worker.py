"""The worker process: runs jobs from the queue in PostgreSQL, and shows that it lives."""

import os


def main() -> None:
    """Work until told to stop; a job in progress gets some seconds to end."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "habitue.site.settings")
    import django

    django.setup()
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.django_connector import DjangoConnector

    from habitue.site import garbage, health

    garbage.settle()
    connector = app.connector
    assert isinstance(connector, DjangoConnector)
    with app.replace_connector(connector.get_worker_connector()) as worker:
        worker.run_worker(
            concurrency=2,
            update_heartbeat_interval=health.HEARTBEAT.total_seconds(),
            stalled_worker_timeout=health.PATIENCE.total_seconds(),
            shutdown_graceful_timeout=8,
        )


if __name__ == "__main__":
    main()
