"""Identifiers made by the application: time-ordered, unique across processes, no sequence needed.

63 bits: 41 of milliseconds since 2024, 8 of the process, 6 of time within the millisecond, and 8
zeros that the ledger fills for what hangs on an event (its lots and vouchers). Inside one process
every identifier is greater than the one before, even when the clock steps back or a million are
asked for at once.
"""

import os
import socket
import threading
import time
import zlib
from datetime import datetime

EPOCH_NS = 1_704_067_200 * 10**9  # 2024-01-01T00:00Z
SPARE_BITS = 8


class Maker:
    """One process's source of identifiers."""

    __slots__ = ("clock", "last", "lock", "node")

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.clock = time.time_ns
        self.last = 0
        self.settle()

    def settle(self) -> None:
        """Choose this process's number: neighbours on one machine differ, machines shuffle."""
        given = os.environ.get("HABITUE_NODE", "")
        base = int(given) if given.isdigit() else zlib.crc32(socket.gethostname().encode())
        self.node = ((base + os.getpid()) & 255) << 14

    def make(self) -> int:
        """One new identifier."""
        with self.lock:
            # A tick is 1/64 ms, so that two processes of one number still rarely meet.
            tick = (self.clock() - EPOCH_NS) // 15625
            if tick <= self.last:
                tick = self.last + 1
            self.last = tick
        return (tick >> 6) << 22 | self.node | (tick & 63) << SPARE_BITS

    def make_many(self, count: int) -> list[int]:
        """So many new identifiers, ascending."""
        with self.lock:
            first = max((self.clock() - EPOCH_NS) // 15625, self.last + 1)
            end = first + count
            self.last = end - 1
        node = self.node
        return [(tick >> 6) << 22 | node | (tick & 63) << SPARE_BITS for tick in range(first, end)]


maker = Maker()
os.register_at_fork(after_in_child=maker.settle)


def make() -> int:
    """One new identifier."""
    return maker.make()


def make_many(count: int) -> list[int]:
    """So many new identifiers, ascending."""
    return maker.make_many(count)


def first_at(at: datetime) -> int:
    """The smallest identifier that may have been made at or after an instant."""
    milliseconds = int(at.timestamp() * 1000) - EPOCH_NS // 10**6
    return min(max(0, milliseconds) << 22, 2**63 - 1)


def read(text: str) -> int:
    """The identifier that somebody wrote; 0, which nothing has, where it can be none."""
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else 0
    return number if number < 2**63 else 0
