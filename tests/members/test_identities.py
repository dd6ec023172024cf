"""One spelling per identity."""

import pytest

from habitue.members import identities


@pytest.mark.parametrize(
    ("kind", "value", "normal"),
    [
        ("email", "  Alice@Example.ORG ", "alice@example.org"),
        ("email", "léa@bücher.example", "léa@xn--bcher-kva.example"),
        ("email", "no-at-sign", None),
        ("email", "@example.org", None),
        ("email", "a b@example.org", None),
        ("email", "a@b@example.org", None),
        ("email", "alice@localhost", None),
        ("email", "alice@" + "a" * 300 + ".org", None),
        ("email", "alice@.org", None),
        ("phone", "06 12 34 56 78", "+33612345678"),
        ("phone", "+33 6 12 34 56 78", "+33612345678"),
        ("phone", "0033612345678", "+33612345678"),
        ("phone", "+39 348 123 4567", "+393481234567"),
        ("phone", "12", None),
        ("phone", "not a number", None),
        ("external", " 00042 ", "00042"),
        ("external", "", None),
        ("external", "a\x00b", None),
        ("number", "k7f2-9qxm", "K7F29QXM"),
        ("number", "o1il 0000", "01110000"),
    ],
)
def test_an_identity_has_one_spelling(kind: str, value: str, normal: str | None) -> None:
    assert identities.normalise(kind, value, country="FR") == normal


def test_an_unknown_kind_is_a_defect() -> None:
    with pytest.raises(ValueError, match="no kind"):
        identities.normalise("fax", "1", country="FR")


def test_one_field_takes_mail_or_phone() -> None:
    assert identities.guess_kind("a@b.org") == "email"
    assert identities.guess_kind("0612345678") == "phone"
