"""Connections that go to one checked address and nowhere else, and end at one moment.

The name is used for the certificate (SNI) and the Host header only: whatever it resolves to by now,
the bytes go where `addresses.check` looked. A receiver that sends a byte now and then does not hold
us longer than it may: every reading and writing ends at `deadline`.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterable
from typing import Any

import httpcore
from httpcore import NetworkStream


class Backend(httpcore.NetworkBackend):
    """Makes the one connection. `deadline` is a moment of `time.monotonic`."""

    def __init__(self, address: str, *, deadline: float) -> None:
        self._address = address
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> NetworkStream:
        try:
            left = _left(self._deadline, timeout, httpcore.ConnectTimeout)
            made = socket.create_connection((self._address, port), left)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return Stream(made, deadline=self._deadline)


class Stream(NetworkStream):
    """A socket of which everything ends at the deadline."""

    def __init__(self, raw: socket.socket, *, deadline: float) -> None:
        self._raw = raw
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        try:
            self._raw.settimeout(_left(self._deadline, timeout, httpcore.ReadTimeout))
            return self._raw.recv(max_bytes)
        except TimeoutError as error:
            raise httpcore.ReadTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.ReadError(str(error)) from error

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        try:
            self._raw.settimeout(_left(self._deadline, timeout, httpcore.WriteTimeout))
            self._raw.sendall(buffer)
        except TimeoutError as error:
            raise httpcore.WriteTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.WriteError(str(error)) from error

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> NetworkStream:
        try:
            self._raw.settimeout(_left(self._deadline, timeout, httpcore.ConnectTimeout))
            secured = ssl_context.wrap_socket(self._raw, server_hostname=server_hostname)
        except TimeoutError as error:
            self.close()
            raise httpcore.ConnectTimeout(str(error)) from error
        except OSError as error:
            self.close()
            raise (
                error if isinstance(error, ssl.SSLError) else httpcore.ConnectError(str(error))
            ) from error
        return Stream(secured, deadline=self._deadline)

    def close(self) -> None:
        self._raw.close()

    def get_extra_info(self, info: str) -> Any:
        return {"socket": self._raw}.get(info)


def _left(deadline: float, timeout: float | None, ended: type[Exception]) -> float:
    """How many seconds there are; the exception `ended` where there are none."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise ended("the time is over")
    return left if timeout is None else min(left, timeout)
