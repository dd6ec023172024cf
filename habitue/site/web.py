"""The web: granian serves the WSGI application with processes and threads."""

import logging

from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server import Server

from habitue.site import environment


def main() -> None:
    """Serve until told to stop."""
    env = environment.read()
    Server(
        target="habitue.site.wsgi:application",
        address=env.host,
        port=env.port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=env.processes,
        blocking_threads=env.threads,
        backpressure=env.threads * 16,
        workers_kill_timeout=5,
        log_enabled=True,
        log_level=LogLevels.error,
    ).serve()


if __name__ == "__main__":
    logging.basicConfig()
    main()
