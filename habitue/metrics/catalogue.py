"""All figures by id, found in `figures/`, and those a business looks at first."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import Final

from habitue.metrics import figures
from habitue.metrics.figure import Figure

ESSENTIAL: Final = (
    "retention",
    "strict_retention",
    "churn",
    "repeat_purchase_rate",
    "customer_lifetime_value",
    "nps",
)
"""The five essential figures, retention in both its definitions side by side."""

BESIDE: Final = (
    "purchase_frequency",
    "average_order_value",
    "sales_per_customer",
    "new",
    "kept",
    "reactivated",
    "dormant",
)
"""What the essential ones are made of."""


@cache
def every() -> dict[str, Figure]:
    """Every figure: the essential ones first, then those beside them, then the others by id."""
    modules = [
        importlib.import_module(f"{figures.__name__}.{found.name}")
        for found in pkgutil.iter_modules(figures.__path__)
    ]
    order = {name: place for place, name in enumerate(ESSENTIAL + BESIDE)}
    declared: list[Figure] = [module.FIGURE for module in modules]
    declared.sort(key=lambda figure: (order.get(figure.id, len(order)), figure.id))
    return {figure.id: figure for figure in declared}
