"""docs/import.md shows files that are read whole."""

import re
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from habitue.connectors import answers, balances, people, purchases
from habitue.connectors.answers import Given, Wanted
from habitue.connectors.balances import Balance
from habitue.connectors.people import Person
from habitue.connectors.purchases import Bought
from habitue.core.program import Unit

PAGE = Path(__file__).parents[2] / "docs" / "import.md"
PARIS, TODAY = ZoneInfo("Europe/Paris"), date(2026, 11, 21)


def test_the_files_shown_are_read_whole(tmp_path: Path) -> None:
    text = PAGE.read_text(encoding="utf-8")
    listed, *sold, said, held = re.findall(r"```csv\n(.*?)```", text, re.DOTALL)
    assert len(sold) == 2
    path = tmp_path / "shown.csv"
    path.write_text(listed, encoding="utf-8")
    form = people.survey(path)
    asking = people.Wanted("FR", PARIS, TODAY, day_first=True)
    assert len([one for one in people.read(path, form, asking) if isinstance(one, Person)]) == 2
    for content in sold:
        path.write_text(content, encoding="utf-8")
        shape = purchases.survey(path)
        rows = purchases.read(path, shape, currency="EUR", zone=PARIS, today=TODAY, day_first=True)
        bought = [row for row in rows if isinstance(row, Bought)]
        assert len(bought) == shape.rows == 2
        assert any(row.quantity > 1 for row in bought)
    path.write_text(said, encoding="utf-8")
    asked = answers.survey(path)
    given = list(answers.read(path, asked, Wanted(PARIS, TODAY, day_first=True)))
    assert [(one.question, one.score) for one in given if isinstance(one, Given)] == [
        ("nps", 9),
        ("csat", 4),
    ]
    path.write_text(held, encoding="utf-8")
    form = balances.survey(path)
    points = Unit("points")
    wanted = balances.Wanted(asking, {"points": points}, "points")
    brought = [row for row in balances.read(path, form, wanted) if isinstance(row, Balance)]
    assert [(row.amount, row.earned_on, row.expires_on) for row in brought] == [
        (120, date(2026, 1, 15), None),
        (85, None, date(2027, 12, 31)),
    ]
    assert not any(row.rejected for row in brought)
