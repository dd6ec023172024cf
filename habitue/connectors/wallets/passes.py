"""What a pass in a wallet says, whichever wallet it is."""

from msgspec import Struct


class Pass(Struct, frozen=True):
    """A card as a wallet shows it.

    A wallet shows what it was given until it is given something else, so the code that changes
    every 30 seconds has no place in it: `code` is the printed one, and empty unless the shop
    accepts printed cards. `address` opens the card itself, with the living code.
    """

    serial: str
    shop: str
    holder: str
    number: str
    label: str  # what is counted: "Stamps"
    balance: str  # how much there is: "7 of 10"
    promise: str
    address: str
    code: str = ""
    color: tuple[int, int, int] = (140, 59, 34)
