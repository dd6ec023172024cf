"""A second, deliberately simple model: points with expiry per lot, spent nearest expiry first.

It keeps nothing but what happened, and answers every question by counting from the beginning
again. It knows one program: a point per whole euro, usable through the last day of the month
`months` after, a spend counter per calendar year with a tier kept through the next year, a
stamp per piece scanned, ten stamps turning into a cake by themselves.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date

COFFEE = 10
CAKE = 10
SILVER, GOLD = 2_000, 5_000


@dataclass
class Naive:
    """Everything that happened to one member, in order of time."""

    months: int
    bought: list[tuple[date, int]] = field(default_factory=list)
    stamped: int = 0
    taken: list[date] = field(default_factory=list)

    def buys(self, on: date, cents: int) -> None:
        self.bought.append((on, cents))

    def scans(self, pieces: int) -> None:
        self.stamped += pieces

    def takes(self, on: date) -> bool:
        """A coffee, if there are points for it."""
        if self.points(on) < COFFEE:
            return False
        self.taken.append(on)
        return True

    def lots(self, on: date) -> list[tuple[int, date]]:
        """What is left of each purchase's points on a day, with the last usable day."""
        left = [cents // 100 for _, cents in self.bought]
        until = [self.last_day(day) for day, _ in self.bought]
        for when in self.taken:
            owed = COFFEE
            for lot in sorted(range(len(left)), key=lambda lot: until[lot]):
                if self.bought[lot][0] <= when <= until[lot]:
                    part = min(owed, left[lot])
                    left[lot] -= part
                    owed -= part
            assert owed == 0
        return [pair for pair in zip(left, until, strict=True) if pair[0] and on <= pair[1]]

    def points(self, on: date) -> int:
        return sum(left for left, _ in self.lots(on))

    def stamps(self) -> int:
        return self.stamped % CAKE

    def cakes(self) -> int:
        return self.stamped // CAKE

    def tier(self, on: date) -> str:
        """The best tier of this year's spend so far, or of all of last year's."""
        spent = {
            year: sum(cents for day, cents in self.bought if day.year == year and day <= on)
            for year in (on.year - 1, on.year)
        }
        best = max(spent.values())
        return "gold" if best >= GOLD else "silver" if best >= SILVER else "basic"

    def last_day(self, on: date) -> date:
        """The end of the month, so many months later."""
        years, month = divmod(on.month - 1 + self.months, 12)
        return date(on.year + years, month + 1, monthrange(on.year + years, month + 1)[1])
