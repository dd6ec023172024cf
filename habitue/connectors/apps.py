"""The Django app of this room."""

from django.apps import AppConfig


class Connectors(AppConfig):
    """Registered under the label `connectors`."""

    name = "habitue.connectors"
    label = "connectors"

    def ready(self) -> None:
        """Somebody who is erased goes here, too."""
        from habitue.connectors import dropping, uploads
        from habitue.connectors.shops import working
        from habitue.members import erasing

        erasing.forgets(lambda person: uploads.forget(person.business, person.customers))
        erasing.forgets(lambda person: dropping.forget(person.business))
        erasing.forgets(lambda person: working.forget(person.business, person.known.telling))
