"""docs/import.md shows files that are read whole."""

import re
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from habitue.connectors import answers, people, purchases
from habitue.connectors.answers import Given, Wanted
from habitue.connectors.people import Person
from habitue.connectors.purchases import Bought

PAGE = Path(__file__).parents[2] / "docs" / "import.md"
PARIS, TODAY = ZoneInfo("Europe/Paris"), date(2026, 11, 21)


def test_the_files_shown_are_read_whole(tmp_path: Path) -> None:
    text = PAGE.read_text(encoding="utf-8")
    listed, *sold, said = re.findall(r"```csv\n(.*?)```", text, re.DOTALL)
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
