"""The design system: its page, its tokens and colors, its pictures; one style for every sheet."""

import re
from pathlib import Path

import pytest
from django import template
from django.conf import settings
from django.test import Client

from habitue.pages import design, drawing
from habitue.pages.templatetags import pictures

PAGES = Path(design.__file__).parent
SHEETS = sorted((PAGES / "static" / "pages").glob("*.css"))
COLOR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\brgba?\([^)]*\)")
DECLARED = re.compile(r"--([a-z][\w-]*):")
USED = re.compile(r"var\(--([\w-]+)")
OUTSIDE = {"base", "card"}  # where colors are declared
ALWAYS = {"#fff", "#1c1412", "#14100d"}  # paper under a QR code and its ink, the dark of a camera


@pytest.mark.django_db
def test_the_page_is_there_only_where_faults_are_shown(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get("/design").status_code == 404
    monkeypatch.setattr(settings, "DEBUG", True)
    text = client.get("/design").content.decode()
    assert text.count('class="stamps"') == 4 + pictures.HUES
    assert text.count('class="ring"') == 4
    assert all(f"<code>{name}</code>" in text for name in pictures.names())
    assert "too little" not in text


@pytest.mark.parametrize("pair", design.pairs(), ids=lambda pair: f"{pair.over} on {pair.under}")
def test_every_declared_pair_is_told_apart_by_day_and_by_night(pair: design.Pair) -> None:
    assert pair.enough, f"{pair.light:.2f} by day, {pair.dark:.2f} by night, needs {pair.least}"


def test_contrast_is_the_one_of_the_guidelines() -> None:
    assert design.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert design.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_every_token_is_used_and_every_used_token_declared() -> None:
    text = "".join(path.read_text() for path in SHEETS)
    declared = {name for name in DECLARED.findall(text) if not name.startswith("pico-")}
    used = {name for name in USED.findall(text) if not name.startswith("pico-")}
    assert declared == used


def test_a_night_has_every_color_of_the_day() -> None:
    day, night = design.tokens("light"), design.tokens("dark")
    kept = {name for name in day if day[name] == night[name] and day[name].startswith("#")}
    assert kept == set()


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.stem)
def test_colors_are_named_in_one_place(path: Path) -> None:
    if path.stem not in OUTSIDE:
        assert set(COLOR.findall(path.read_text())) <= ALWAYS


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.stem)
def test_a_sheet_is_read_line_by_line(path: Path) -> None:
    assert max(len(line) for line in path.read_text().splitlines()) <= 180


@pytest.mark.parametrize("name", pictures.names())
def test_a_picture_is_drawn_in_the_house_style(name: str) -> None:
    text = pictures.picture(name)
    assert not COLOR.findall(text)  # tokens and the words' color only
    assert text.count('class="tint"') == 1
    assert 'class="mark"' in text
    assert 'stroke="currentColor"' in text
    assert 'aria-hidden="true"' in text
    assert len(text) < 1500


def test_a_picture_that_is_not_there_is_a_defect() -> None:
    for name in ("unicorn", "../../base"):
        with pytest.raises(template.TemplateSyntaxError):
            pictures.picture(name)


def test_a_shop_keeps_its_color() -> None:
    assert pictures.hue("Café des Amis") == pictures.hue(" café des amis ") == "hue-2"
    assert len({pictures.hue(f"Shop {number}") for number in range(80)}) == pictures.HUES


def test_stamps_differ_a_little_and_the_last_one_is_the_reward() -> None:
    text = drawing.progress(10, 10, label="x")
    turns = re.findall(r"translate\(-?\d+ -?\d+\) rotate\((-?\d+)\)", text)
    assert len(set(turns)) > 5
    assert text.count(drawing._GIFT) == 1
    assert drawing.progress(3, 10, label="x").count(drawing._GIFT) == 1


def test_a_ring_of_nothing_shows_nothing() -> None:
    assert 'class="part"' not in drawing.progress(0, 100, label="x")
    assert 'class="part"' in drawing.progress(1, 100, label="x")


def test_confetti_is_small_and_stays_away_where_motion_does() -> None:
    text = (PAGES / "static" / "pages" / "confetti.js").read_text()
    assert len(text.encode()) <= 2048
    assert "prefers-reduced-motion: reduce" in text
