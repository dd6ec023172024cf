"""One thing of a program and what is said of it, with its place, where the owner may change it."""

from msgspec import Struct

from habitue.pages.program.sentences.places import Place


class Told(Struct, frozen=True):
    """A thing's title, its sentences without capital and full stop, whether its dates are over."""

    title: str
    said: list[str]
    over: bool = False
    place: Place | None = None
