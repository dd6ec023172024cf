"""The Django app of this room."""

from django.apps import AppConfig


class Connectors(AppConfig):
    """Registered under the label `connectors`."""

    name = "habitue.connectors"
    label = "connectors"
