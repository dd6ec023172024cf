"""The Django app, for its table."""

from django.apps import AppConfig


class Api(AppConfig):
    """The API keeps the answers it gave under idempotency keys."""

    name = "habitue.api"
    label = "api"
