"""The Django app of this room."""

from django.apps import AppConfig


class Outreach(AppConfig):
    """Registered under the label `outreach`."""

    name = "habitue.outreach"
    label = "outreach"
