"""The Django app of this room."""

from django.apps import AppConfig


class Pages(AppConfig):
    """Registered under the label `pages`."""

    name = "habitue.pages"
    label = "pages"
