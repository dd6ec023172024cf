"""The Django app of this room."""

from django.apps import AppConfig


class Pages(AppConfig):
    """Registered under the label `pages`."""

    name = "habitue.pages"
    label = "pages"

    def ready(self) -> None:
        """Somebody who is erased goes here, too."""
        from habitue.members import erasing
        from habitue.pages import forgetting

        erasing.forgets(forgetting.forget)
