"""The Django app of this room."""

from django.apps import AppConfig


class Members(AppConfig):
    """Registered under the label `members`."""

    name = "habitue.members"
    label = "members"
