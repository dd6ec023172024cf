"""The Django app of this room."""

from django.apps import AppConfig


class Lake(AppConfig):
    """Registered under the label `lake`."""

    name = "habitue.lake"
    label = "lake"
