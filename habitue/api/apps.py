"""The Django app, for its table."""

from django.apps import AppConfig


class Api(AppConfig):
    """The API keeps the answers it gave under idempotency keys."""

    name = "habitue.api"
    label = "api"

    def ready(self) -> None:
        """Somebody who is erased goes here, too."""
        from habitue.api import once
        from habitue.members import erasing

        erasing.forgets(once.forget_person)
