"""What comes of a program before it is published: its card, its pace, what to think over."""

from typing import Any

from habitue.core import advice
from habitue.core.program import Program
from habitue.members.models import Business
from habitue.pages.program import advising, check, face, typical, versions


def of(business: Business, made: Program) -> dict[str, Any]:
    """For a template: the card somebody new would see, and the advice for the typical customer."""
    today = versions.today(business)
    known = typical.of_business(business, typical.Stated(None), on=today)
    report = advice.report(made, known.typical, on=max(today, made.since or today))
    return {
        "face": face.of(made, business),
        "first": check.first(made, report),
        "thoughts": [
            (advising.about(made, one), advising.sentence(made, one)) for one in report.advice
        ],
    }
