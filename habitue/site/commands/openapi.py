"""`habitue openapi`: the API's OpenAPI 3.1 file, as it is served and kept in docs/openapi.json."""

import sys


def command() -> None:
    """Print the API's OpenAPI file. Needs no database."""
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "habitue.site.settings")
    django.setup()
    from habitue.api import document

    sys.stdout.write(document.written().decode())
