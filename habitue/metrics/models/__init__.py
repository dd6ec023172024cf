"""Models of customers who buy, leave and renew. NumPy and SciPy: import this room lazily.

    future = models.customers(lives, terms=models.Terms(margin=…, discount=…))

`future` has a column of each customer's probability of being one still, of expected purchases, of
their worth; or says in words why not. `holdout` proves a model on what it was not fitted to.
"""

from habitue.metrics.models.choosing import Future, Kind, customers
from habitue.metrics.models.dropout import NEVER, NextDays
from habitue.metrics.models.fitting import Caution, Fitted, Unfit
from habitue.metrics.models.worth import Terms

__all__ = [
    "NEVER",
    "Caution",
    "Fitted",
    "Future",
    "Kind",
    "NextDays",
    "Terms",
    "Unfit",
    "customers",
]
