"""What nobody needs any more leaves the outbox, once everybody who reads there was asked."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from habitue.connectors.webhooks import watermarks
from habitue.lake import layout
from habitue.ledger import books, outbox


def prune_outbox(lake: Path, *, now: datetime) -> int:
    """Delete postings that the lake in a folder and webhooks have passed; how many.

    Where a business has neither, only their age counts. A lake of which nothing can be read needs
    nothing: it is made anew as a whole, and so `Unreadable` is for the caller to tell.
    """
    copied = {each.business: each.position for each in layout.manifests(lake)}
    anchors = {position.anchor for position in copied.values()}
    watched = watermarks.needed_from()
    pruned = 0
    for business in books.businesses():
        needed = [watched[business]] if business in watched else []
        if business in copied:
            needed.append(copied[business].needed_from)
        first = min(needed, default=None)
        pruned += outbox.prune(business, now=now, needed_from=first, stay=anchors)
    return pruned
