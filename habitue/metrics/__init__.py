"""Every figure, defined once: the sums it needs and its formula. Pure.

    answers = metrics.answer(source, period=metrics.periods.parse("…"), today=…, currency="EUR")

`source` is a business's history (`sources.Source`; a door hands it in); `answers.results` are in
the catalogue's order, `answers.get("churn")` is one of them. See `figure` for what a figure is,
`aggregates` for the sums it is made of, `figures/` for the figures themselves, `wording` for what
sums are called.
"""

from habitue.metrics import periods
from habitue.metrics.answers import Answers, Result, answer, results
from habitue.metrics.catalogue import ESSENTIAL, every
from habitue.metrics.periods import Period

__all__ = ["ESSENTIAL", "Answers", "Period", "Result", "answer", "every", "periods", "results"]
