"""Commands of figures asked for nonsense, over lakes that somebody has laid hands on."""

from __future__ import annotations

import builtins
import resource
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, Final

import pytest
from typer.testing import CliRunner, Result

from habitue.lake import layout, refreshing, spark
from habitue.outreach import audiences
from habitue.site import cli, database
from tests import ports
from tests.faults.figures.conftest import Town
from tests.faults.figures.shops import SHOPS, TODAY

pytestmark = pytest.mark.django_db

PERIOD: Final = "2026-10-01..2026-11-01"
FIGURES: Final = ("figures", "--business", "eight", "--period", PERIOD)


@pytest.fixture(autouse=True)
def running(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's own database stands for the one that a command would find or start."""

    def there() -> AbstractContextManager[None]:
        return nullcontext()

    monkeypatch.setattr(database, "database", there)


def typed(*words: object) -> Result:
    return CliRunner().invoke(cli.app, [str(word) for word in words])


def printed(*words: object) -> str:
    """What a command says that went well."""
    found = typed(*words)
    assert found.exit_code == 0, found.output
    return " ".join(found.output.split())


def refused(*words: object) -> str:
    """The one sentence of a command that did not."""
    found = typed(*words)
    assert isinstance(found.exception, SystemExit), found.exc_info
    assert found.exit_code == 2, found.output
    assert "Traceback" not in found.output
    return " ".join(found.output.split())


# --- every command, every shop -----------------------------------------------------------------


@pytest.mark.parametrize("name", SHOPS)
def test_every_command_answers_every_shop(name: str, town: Town, tmp_path: Path) -> None:
    slug = town.shop(name).slug
    of = ("--business", slug)
    month = (*of, "--period", f"{TODAY.date().replace(day=1).isoformat()}..2099-01-01")
    said = [
        printed("figures", *of, "--period", PERIOD),
        printed("figures", *of, "--period", PERIOD, "--figure", "customer_lifetime_value"),
        printed("figures", *of, "--period", PERIOD, "--json", "--figure", "sales_per_customer"),
        printed("figures", *month),
        printed("segments", *of),
        printed("segments", *of, "--segment", "vip", "--csv", tmp_path / "vip.csv"),
        printed("experiment", "foresee", *of),
        printed("experiment", "status", *of),
        printed("experiment", "start", "tea", *of),
        printed("experiment", "result", "tea", *of),
        printed("experiment", "result", "tea", *of, "--json"),
        printed("experiment", "end", "tea", *of),
        printed("experiment", "members", *of, "--since", "2026-08-01"),
    ]
    if name != "categories":
        said.append(printed("affinity", *of, "--by", "category"))
    for text in said:
        assert not {"nan", "inf", "None", "NaN", "-inf"} & set(text.replace(",", " ").split())
    with (tmp_path / "vip.csv").open() as file:
        assert not any(line.startswith(("=", "+", "@")) for line in file)


def test_money_has_as_many_decimals_as_its_currency(town: Town) -> None:
    ask = ("--period", PERIOD, "--figure", "average_order_value")
    assert "= 1,980 JPY" in printed("figures", "--business", "yen", *ask)
    assert "= 1.234 KWD" in printed("figures", "--business", "dinar", *ask)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--period", ""], "A period is written like"),
        (["--period", "2026-01-01.."], "'' is not a date"),
        (["--period", "2026-02-30..2026-03-01"], "'2026-02-30' is not a date"),
        (["--period", "2026-01-01..2026-01-01"], "A period ends after it starts"),
        (["--period", "2026-01-01..2025-01-01"], "A period ends after it starts"),
        (["--period", "0001-01-01..0001-02-01"], "begins after the year 999"),
        (["--period", "1026-01-01..2026-01-01"], "at most 36,600 days"),
        (["--window", "0"], "A window is between 1 and 3,660 days, not 0."),
        (["--window", "99999999999999999999"], "A window is between"),
        (["--lifespan", "nan"], "'nan' is not a number"),
        (["--lifespan", "1e999"], "is not a number"),
        (["--lifespan", "-1"], "longer than 0 periods"),
        (["--figure", "nonsense"], "There is no figure 'nonsense'; there are retention"),
        (["--business", "bar"], "There is no business 'bar'"),
        (["--engine", "oracle"], "Invalid value for '--engine'"),
        (["--engine", "duckdb", "--lake", "/nowhere"], "run `habitue lake refresh`"),
        (["--engine", "spark", "--lake", "/nowhere"], "run `habitue lake refresh`"),
    ],
)
def test_nonsense_options_are_told_in_a_sentence(
    words: list[str], sentence: str, town: Town
) -> None:
    assert sentence in refused(*FIGURES, *words)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["segments", "--window", "0"], "A window is between"),
        (["segments", "--segment", "x"], "There is no segment 'x'"),
        (["segments", "--csv", "x"], "add --segment NAME"),
        (["segments", "--segment", "vip", "--csv", "/proc/x"], "cannot be written"),
        (["experiment", "start", "A b"], "A name has small letters"),
        (["experiment", "foresee", "--share", "nan"], "more than 0 % and less than 100 %"),
        (["experiment", "foresee", "--days", "731"], "takes 1 to 730 days"),
        (["experiment", "foresee", "--figures", ""], "An experiment is about"),
        (["experiment", "foresee", "--figures", "orders,orders"], "declared once"),
        (["experiment", "foresee", "--audience", "x"], "There is no audience 'x'"),
        (["experiment", "result", "x"], "There is no experiment 'x'"),
        (["experiment", "members", "--since", "2999-01-01"], "begins before today"),
        (["lake", "files", "x"], "There is no table 'x'"),
        (["lake", "refresh", "--folder", "/proc/x"], "cannot be written: No such file"),
    ],
)
def test_so_are_those_of_the_other_commands(words: list[str], sentence: str, town: Town) -> None:
    assert sentence in refused(*words, "--business", "eight")


def test_names_that_are_taken_are_told_so(town: Town) -> None:
    eight, of = town.shop("eight"), ("--business", "eight")
    vip = audiences.OfSegment(segment="vip")
    audiences.make(eight, "Best", vip, now=TODAY)
    with pytest.raises(ValueError, match="There is an audience 'Best' already"):
        audiences.make(eight, " Best ", vip, now=TODAY)
    assert audiences.make(town.shop("yen"), "Best", vip, now=TODAY).pk
    printed("experiment", "start", "tea", *of, "--audience", "Best")
    assert "There is an experiment 'tea' already" in refused("experiment", "start", "tea", *of)
    printed("experiment", "start", "tea", "--business", "yen")


def test_answers_out_of_scale_are_rejected_line_by_line(town: Town, tmp_path: Path) -> None:
    scores = ["11", "-1", "9.5", "", "nan", "１０", "99999999999999999999", "ten", "10", "0"]
    file = tmp_path / "answers.csv"
    rows = [f"2026-10-01,{score},a{n}" for n, score in enumerate(scores)]
    file.write_text("\n".join(["date,score,client", *rows, "2999-01-01,9,b"]) + "\n")
    said = printed("import", "answers", file, "--business", "eight", "--question", "nps")
    assert "accepted │ 2" in said or "accepted │ 3" in said, said
    asked = ("--business", "eight", "--period", PERIOD, "--figure", "nps", "--json")
    assert '"value": 0.0' in printed("figures", *asked)


# --- the lake, by hand -------------------------------------------------------------------------


def gone(file: Path) -> None:
    file.unlink()


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:50])


def empty(file: Path) -> None:
    file.write_bytes(b"")


def strange(file: Path) -> None:
    file.write_text('{"format": 1, "business": "x"}')


def foreign(file: Path) -> None:
    file.write_bytes(b"\xff\xfe")


@pytest.fixture
def folder(town: Town, tmp_path: Path) -> Path:
    """A lake of its own."""
    refreshing.refresh([town.shop("eight").pk], tmp_path / "lake", now=TODAY)
    return tmp_path / "lake"


def harm_is_told_and_mended(file: Path, folder: Path, harm: Callable[[Path], None]) -> None:
    ask = (*FIGURES, "--engine", "duckdb", "--lake", folder, "--json")
    before = printed(*ask)
    harm(file)
    said = refused(*ask)
    assert str(file) in said.replace(" ", "")
    assert "habitue lake refresh" in said
    printed("lake", "refresh", "--business", "eight", "--folder", folder)
    assert printed(*ask) == before


@pytest.mark.parametrize("harm", [gone, cut, empty])
@pytest.mark.parametrize("table", ["customers", "order_lines"])
def test_a_file_of_the_lake_that_was_harmed_is_named_and_made_anew(
    table: str, harm: Callable[[Path], None], folder: Path, town: Town
) -> None:
    file = Path(layout.files(folder, table, town.shop("eight").pk)[0])
    harm_is_told_and_mended(file, folder, harm)


@pytest.mark.parametrize("harm", [cut, empty, strange, foreign])
def test_a_manifest_that_was_harmed_is_named_and_made_anew(
    harm: Callable[[Path], None], folder: Path, town: Town
) -> None:
    file = folder / "manifests" / f"{town.shop('eight').pk}.json"
    harm_is_told_and_mended(file, folder, harm)
    harm(file)
    for words in (["status"], ["files", "order_lines"]):
        assert str(file) in refused("lake", *words, "--folder", folder).replace(" ", "")


def test_a_file_that_only_looks_whole_is_named(folder: Path, town: Town) -> None:
    file = Path(layout.files(folder, "order_lines", town.shop("eight").pk)[0])
    file.write_bytes(b"x" * file.stat().st_size)
    said = refused(*FIGURES, "--engine", "duckdb", "--lake", folder)
    assert file.name in said
    assert "habitue lake refresh" in said


def test_what_is_no_lake_is_told_so(tmp_path: Path, town: Town) -> None:
    place = tmp_path / "lake"
    place.write_text("no folder")
    assert "Not a directory" in refused(*FIGURES, "--engine", "duckdb", "--lake", place)
    assert "cannot be written" in refused("lake", "refresh", "--folder", place)


@contextmanager
def full_disk(left: int) -> Iterator[None]:
    """Files of this process cannot grow longer than that."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (left, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("left", [100, 1_000])
def test_a_disk_that_is_full_is_a_sentence_and_the_old_lake_stays(
    left: int, folder: Path, town: Town
) -> None:
    ask = (*FIGURES, "--engine", "duckdb", "--lake", folder, "--json")
    before = printed(*ask)
    with full_disk(left):
        said = refused("lake", "refresh", "--business", "eight", "--folder", folder)
    assert "cannot be written" in said
    assert "File too large" in said
    assert printed(*ask) == before


# --- Spark -------------------------------------------------------------------------------------


def test_a_spark_that_does_not_answer_is_a_sentence(folder: Path) -> None:
    ask = (*FIGURES, "--engine", "spark", "--lake", folder, "--spark-master")
    with ports.held() as free:
        nobody = f"spark://{spark.LOCAL}:{ports.number(free)}"
        assert f"No Spark master answers at {nobody}" in refused(*ask, nobody)
    for wrong in ("nonsense", "spark://", "spark://host", "spark://host:0x1", "http://h:1"):
        assert "A Spark master is written like spark://host:7077" in refused(*ask, wrong)


def test_without_pyspark_a_sentence_says_so(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    real = builtins.__import__

    def without(name: str, *arguments: Any, **named: Any) -> Any:
        if name == "pyspark":
            raise ImportError(name)
        return real(name, *arguments, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    ask = (*FIGURES, "--engine", "spark", "--lake", folder)
    assert "Spark is not installed" in refused(*ask)
