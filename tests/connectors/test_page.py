"""docs/import.md shows files that are read whole."""

import re
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from habitue.connectors import purchases
from habitue.connectors.purchases import Bought

PAGE = Path(__file__).parents[2] / "docs" / "import.md"


def test_the_files_shown_are_read_whole(tmp_path: Path) -> None:
    shown = re.findall(r"```csv\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(shown) == 2
    for content in shown:
        path = tmp_path / "shown.csv"
        path.write_text(content, encoding="utf-8")
        shape = purchases.survey(path)
        rows = purchases.read(
            path,
            shape,
            currency="EUR",
            zone=ZoneInfo("Europe/Paris"),
            today=date(2026, 11, 21),
            day_first=True,
        )
        bought = [row for row in rows if isinstance(row, Bought)]
        assert len(bought) == shape.rows == 2
        assert any(row.quantity > 1 for row in bought)
