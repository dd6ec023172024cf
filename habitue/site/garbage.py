"""The garbage collector, told what a server knows: start-up stays, and batches are big."""

import gc

YOUNG = 50_000
"""Objects made before a look for cycles; a posting of a thousand events makes some ten thousand."""


def settle() -> None:
    """Call once, when everything is loaded: what exists now is not looked at again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 20)
