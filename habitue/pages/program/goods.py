"""What a shop sells, as its own sales of 90 days name it: offered while a sentence is filled in."""

from datetime import date
from typing import Final

from habitue.members.models import Business
from habitue.pages import events
from habitue.pages.program.sentences.kind import Shop
from habitue.pages.program.typical import SPAN

MOST: Final = 40
LOOKED_AT: Final = 5_000
"""So many of the newest purchases are enough to know what is sold."""

_SOLD: Final = """
SELECT line->>'sku', line->>'category', count(*) FROM (
    SELECT what FROM ledger_event
    WHERE business_id = %(business)s AND kind = 'purchase' AND refusal IS NULL
      AND business_date > %(since)s
    ORDER BY id DESC LIMIT %(most)s) AS bought,
  json_array_elements(coalesce(what->'lines', '[]'::json)) AS line
GROUP BY 1, 2 ORDER BY 3 DESC LIMIT 400"""


def of(business: Business, *, on: date) -> Shop:
    """The categories and products that were sold most."""
    values = {"business": business.pk, "since": on - SPAN, "most": LOOKED_AT}
    rows = events.query(_SOLD, values)
    products = dict.fromkeys(sku for sku, _category, _count in rows if sku)
    categories = dict.fromkeys(category for _sku, category, _count in rows if category)
    return Shop(tuple(categories)[:MOST], tuple(products)[:MOST])
