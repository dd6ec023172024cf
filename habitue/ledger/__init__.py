"""Programs, events, entries, lots, vouchers, outbox: the only writer of balances.

`post` writes; `standings`, `entries` and `explain` read; `sweep` brings what is due; `verify` and
`replay` prove. Everything here works on one business at a time.
"""

from habitue.ledger.answers import Answer, EntryLine, VoucherLine
from habitue.ledger.books import Published, publish
from habitue.ledger.books import in_force as program
from habitue.ledger.claims import Fact
from habitue.ledger.posting import post
from habitue.ledger.proving import replay, verify
from habitue.ledger.reading import (
    LotLine,
    Standing,
    entries,
    explain,
    find,
    lot_days,
    standing,
    standings,
)
from habitue.ledger.sweeping import sweep

__all__ = [
    "Answer",
    "EntryLine",
    "Fact",
    "LotLine",
    "Published",
    "Standing",
    "VoucherLine",
    "entries",
    "explain",
    "find",
    "lot_days",
    "post",
    "program",
    "publish",
    "replay",
    "standing",
    "standings",
    "sweep",
    "verify",
]
