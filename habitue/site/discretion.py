"""Keeps addresses that open something out of the log: a card, a till, a shop's door, a mailed link.

Django writes the address of every request that it refuses. Whoever reads the log could use it.
"""

from __future__ import annotations

import logging
import re
from typing import Final

_OPENS: Final = re.compile(r"(/(?:c|k|o|p|s|confirm|hooks/[^/\s]+)/)[^/?\s]+", re.IGNORECASE)


class Discreet(logging.Filter):
    """Leaves of such an address only what kind it is."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = discreet(record.getMessage()), ()
        return True


def discreet(text: str) -> str:
    """A line of the log without what opens something."""
    return _OPENS.sub(r"\1…", text)
