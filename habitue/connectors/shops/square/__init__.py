"""Square: tills and web shops; a payload says that something happened, REST says how it stands."""

from typing import Final

TITLE: Final = "Square"
CREDENTIALS: Final = ("access_token",)
FIXED: Final = {
    "production": "https://connect.squareup.com",
    "sandbox": "https://connect.squareupsandbox.com",
}
ASKS: Final = True
CHANNEL: Final = "counter"
MAKES_SECRET: Final = True
