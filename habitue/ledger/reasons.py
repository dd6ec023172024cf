"""Why an entry is what it is, as its row keeps it: numbers that follow from others are left out.

A step is a rule, the base it saw, and what it gave. `["points",3241,32,"gold-bonus"]` with an entry
of 38: the points saw 3241 and gave 32; the bonus saw what had been given so far, 32, and gave the
rest, 6. So after its rule a step says nothing, its base, or its base and what it gave:

- a base that is left out is what was given before; the first step's is the entry's own amount;
- what the last step gave, if it is left out, is what is left of the entry's amount.

A rule alone stands without brackets. Rows from before hold every step in brackets of its own.
"""

from __future__ import annotations

import msgspec

from habitue.core.account import Step

_decode = msgspec.json.Decoder(str | list[str | int | Step]).decode
_encode = msgspec.json.Encoder().encode


def written(why: tuple[Step, ...], amount: int) -> str | None:
    """The steps of an entry of this amount, as JSON; None if there are none."""
    if not why:
        return None
    if len(why) == 1:
        rule, base, given = why[0]
        if given != amount:
            return _encode(why[0]).decode()
        return _encode(rule if base == amount else (rule, base)).decode()
    said: list[str | int] = []
    left = amount
    for rule, base, given in why:
        said += (rule, base, given)
        left -= given
    if not left:
        said.pop()
        if base == amount - given:
            said.pop()
    return _encode(said).decode()


def read(text: str | None, amount: int) -> tuple[Step, ...]:
    """The same steps again."""
    if text is None:
        return ()
    said = _decode(text)
    told: list[tuple[str, list[int]]] = []
    for word in [said] if isinstance(said, str) else said:
        if isinstance(word, str):
            told.append((word, []))
        elif isinstance(word, int):
            told[-1][1].append(word)
        else:
            rule, *numbers = word
            told.append((rule, numbers))
    steps: list[Step] = []
    left, seen = amount, amount
    for rule, numbers in told:
        base, given = (*numbers, *(seen, left)[len(numbers) :])
        steps.append((rule, base, given))
        left -= given
        seen = amount - left
    return tuple(steps)
