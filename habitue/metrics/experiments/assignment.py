"""In which group a customer is: by a hash of the experiment's seed and the customer's number.

So it is the same for ever and everywhere, nothing needs to be stored per customer, and two
experiments (two seeds) know nothing of each other. Chance enters by the seed alone, which a door
draws. Everything here is plain enough to be computed by SQL as well: see `SQL`.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Final, Literal

Arm = Literal["control", "treated"]

SHARES: Final = 10_000
"""A share of control is a whole number of ten-thousandths: 1,000 is 10 %."""

_DIGITS: Final = 15  # hexadecimal: 60 bits, which fit a signed 64-bit integer

SQL: Final = (
    "('x' || left(encode(sha256(convert_to({seed} || ':' || {customer}::text, 'UTF8')), 'hex'),"
    f" {_DIGITS}))::bit({4 * _DIGITS})::bigint * {SHARES}::numeric"
    f" < {{share}}::numeric * {16**_DIGITS}"
)
"""PostgreSQL's way to say "is control": format with `seed`, `customer` and `share`."""


def arm(seed: str, customer: int, *, share: int) -> Arm:
    """Control with a probability of `share` ten-thousandths, over seeds; else treated."""
    if not seed or not 0 < share < SHARES:
        raise ValueError(f"a seed and a share between 0 and {SHARES}, not {share}")
    drawn = int(sha256(f"{seed}:{customer}".encode()).hexdigest()[:_DIGITS], 16)
    return "control" if drawn * SHARES < share * 16**_DIGITS else "treated"
