"""Ports of this machine that nobody else gets between the moment they are chosen and their use."""

from __future__ import annotations

import socket


def held() -> socket.socket:
    """A free port, kept while this socket is open; whoever is told its number may listen there.

    The kernel gives it to nobody by itself, not even as the near end of a connection. A server may
    have it, because both ask for SO_REUSEADDR and this one never listens; until one does, whoever
    calls is refused.
    """
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    one.bind(("127.0.0.1", 0))
    return one


def number(of: socket.socket) -> int:
    """The port's number."""
    return int(of.getsockname()[1])
