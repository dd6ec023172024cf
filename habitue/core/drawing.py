"""Draws by commit and reveal: who wins follows from what was published, for anybody to compute.

1. Before the first entry, the shop publishes the `commitment`: the SHA-256 of a secret text.
2. When the period is over, it publishes the list of `tickets`: a code and a number of entries each.
3. Then it publishes the secret. Secret and list together give a seed; every entry of every ticket
   has a hash made of the seed, the code, and the entry's number. A ticket is as good as its best
   (least) hash: the best one wins the first piece, the next best the second, and so on.

Whoever committed to the secret could not know the list, and whoever knew the list did not know the
secret. Each entry is as likely to be the best as any other, so a ticket's chance is proportional to
its entries, and a ticket wins once. docs/draws.md computes the same with `sha256sum` and `sort`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from hashlib import sha256
from heapq import nsmallest
from typing import Final, Protocol

from msgspec import Struct, structs

LEAST_ODDS: Final = Fraction(1, 4)
"""Below that nobody may promise to win something."""

MOST_ENTRIES: Final = 20_000_000
"""In one draw: a minute of hashing."""

_CODE: Final = re.compile(r"[0-9a-z]{6,64}")
_ENTRIES: Final = re.compile(r"[1-9][0-9]{0,8}")
_ODDS: Final = re.compile(r"([1-9][0-9]{0,8})/([1-9][0-9]{0,8})")


class Numbered(Protocol):
    """A prize in so many pieces; None: in as many as the odds ask beside the others."""

    @property
    def pieces(self) -> int | None: ...


class Stake(Struct, frozen=True, omit_defaults=True):
    """A prize as it is published: its name, its pieces, and what one is worth (minor units)."""

    name: str
    pieces: int | None = 1
    worth: int = 0


class Winner(Struct, frozen=True):
    """A ticket and the number of the prize it wins (from 0)."""

    ticket: str
    prize: int


class Record(Struct, frozen=True, omit_defaults=True):
    """All that is published of one draw. `odds` is a fraction such as `1/4`; `limit` the most
    entries a ticket may have. `tickets` come when the period is over, `secret` and `winners` last.
    """

    draw: str
    period: date
    commitment: str
    odds: str
    prizes: tuple[Stake, ...]
    limit: int | None = None
    tickets: str = ""
    secret: str = ""
    winners: tuple[Winner, ...] = ()


def commitment(secret: str) -> str:
    """What is published of a secret before anybody enters."""
    return _hash(secret)


def ticket(salt: str, customer: int) -> str:
    """A member's code in one draw. `salt` is the draw's own, and is never published: else numbers
    of customers could be tried until they fit.
    """
    return _hash(f"{salt} {customer}")[:16]


def tickets(entrants: Mapping[str, int]) -> str:
    """The list to publish: a line `CODE ENTRIES` for each ticket, in the order of the codes."""
    return "".join(f"{code} {entrants[code]}\n" for code in sorted(entrants))


def winners(secret: str, listed: str, prizes: Sequence[Numbered], odds: Fraction) -> list[Winner]:
    """Who wins which prize, best ticket first. `listed` are the tickets as published."""
    entrants = [(code, int(entries)) for code, entries in map(str.split, listed.splitlines())]
    seed = _hash(f"{secret} {_hash(listed)}")
    given = shared_out(prizes, len(entrants), odds)
    best = nsmallest(len(given), ((_best(seed, code, entries), code) for code, entries in entrants))
    return [Winner(code, prize) for (_, code), prize in zip(best, given, strict=True)]


def shared_out(prizes: Sequence[Numbered], entrants: int, odds: Fraction) -> list[int]:
    """The number of the prize that each winning place gets, at most one place per entrant.

    A prize without a number of pieces comes in as many as are missing; several share them.
    """
    counts = [prize.pieces or 0 for prize in prizes]
    extended = [number for number, prize in enumerate(prizes) if prize.pieces is None]
    for place in range(max(needed(entrants, odds) - sum(counts), 0) if extended else 0):
        counts[extended[place % len(extended)]] += 1
    places = [number for number, count in enumerate(counts) for _ in range(min(count, entrants))]
    return places[:entrants]


def needed(entrants: int, odds: Fraction) -> int:
    """How many must win something: a share of the entrants, rounded up."""
    return -(-entrants * odds.numerator // odds.denominator)


def missing_prizes(prizes: Sequence[Numbered], entrants: int, odds: Fraction) -> int:
    """How many pieces are lacking for so many entrants to have the odds."""
    return max(needed(entrants, odds) - len(shared_out(prizes, entrants, odds)), 0)


def chance(prizes: Sequence[Numbered], entrants: int, odds: Fraction) -> Fraction:
    """The share of entrants that wins something; 1 where there is nobody to lose."""
    if not entrants:
        return Fraction(1)
    return Fraction(len(shared_out(prizes, entrants, odds)), entrants)


def revealed(record: Record, secret: str) -> Record:
    """The record with its secret and its winners."""
    won = winners(secret, record.tickets, record.prizes, Fraction(record.odds))
    return structs.replace(record, secret=secret, winners=tuple(won))


def verify(record: Record) -> list[str]:
    """Everything that does not hold of a published draw, as sentences; empty: it was fair."""
    wrong = [*_wrong_tickets(record), *_wrong_prizes(record)]
    if not record.secret:
        return [*wrong, "The secret has not been published yet."]
    if commitment(record.secret) != record.commitment:
        wrong.append("The secret is not the one that was committed to.")
    if wrong:
        return wrong
    right = winners(record.secret, record.tickets, record.prizes, Fraction(record.odds))
    return list(_wrong_winners(record.winners, right))


def _best(seed: str, code: str, entries: int) -> bytes:
    """The least hash of a ticket's entries."""
    start = sha256(f"{seed} {code} ".encode())
    least = b"\xff" * 32
    for number in range(1, entries + 1):
        entry = start.copy()
        entry.update(b"%d" % number)
        least = min(least, entry.digest())
    return least


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _wrong_tickets(record: Record) -> Iterable[str]:
    """A list that is not in its one form could be hashed in another."""
    lines = record.tickets.split("\n")
    if lines.pop():
        yield "The list of tickets does not end with its last line."
    before, total = "", 0
    for number, line in enumerate(lines, 1):
        code, _, entries = line.partition(" ")
        if not _CODE.fullmatch(code) or not _ENTRIES.fullmatch(entries):
            yield f"Line {number} of the tickets is not a code and a number of entries."
            continue
        if code <= before:
            yield f"Ticket {code} stands twice in the list, or not in order."
        if record.limit is not None and int(entries) > record.limit:
            yield f"Ticket {code} has {entries} entries; {record.limit} are allowed."
        before, total = code, total + int(entries)
    if total > MOST_ENTRIES:
        yield f"There are {total:,} entries; a draw has {MOST_ENTRIES:,} at most."


def _wrong_prizes(record: Record) -> Iterable[str]:
    match = _ODDS.fullmatch(record.odds)
    if match is None:
        yield f"The odds {record.odds[:20]!r} are not written like 1/4."
        return
    odds, entrants = Fraction(record.odds), record.tickets.count("\n")
    if not LEAST_ODDS <= odds <= 1:
        yield f"The odds are {record.odds}; at least {LEAST_ODDS} of all tickets must win."
    if any(prize.pieces is not None and prize.pieces < 0 for prize in record.prizes):
        yield "A prize comes in fewer pieces than none."
        return
    lacking = missing_prizes(record.prizes, entrants, min(odds, Fraction(1)))
    if lacking:
        yield f"For {entrants} entrants at {record.odds}, {lacking} winning pieces are missing."


def _wrong_winners(given: Sequence[Winner], right: Sequence[Winner]) -> Iterable[str]:
    if len(given) != len(right):
        yield f"There are {len(given)} winners; there should be {len(right)}."
    for place, (one, other) in enumerate(zip(given, right, strict=False), 1):
        if one.ticket != other.ticket:
            yield f"Place {place} went to ticket {one.ticket}; it belongs to {other.ticket}."
        elif one.prize != other.prize:
            yield f"Place {place} got prize {one.prize}; it should be {other.prize}."
