"""`habitue owner EMAIL`: who may sign in as the owner of a business, e.g. an imported one."""

from __future__ import annotations

from typing import Annotated

import typer

from habitue.site import named
from habitue.site.usage import misuse


def command(
    email: Annotated[str, typer.Argument(help="The owner's e-mail address.")],
    business: Annotated[str, typer.Option(help="The business's short name.")],
) -> None:
    """Make an address the owner of a business; the owner then signs in by a mailed code."""
    from habitue.site.database import database

    with database():
        from habitue.members import identities, staff
        from habitue.pages import account

        owned = named.business(business)
        address = identities.normalise("email", email, country=owned.country)
        if address is None:
            misuse(f"{email!r} is no e-mail address.")
        staff.add_owner(owned, account.user_of(address))
        print(f"{address} owns {owned.name}. Sign in at /sign-in; the code comes by mail.")
