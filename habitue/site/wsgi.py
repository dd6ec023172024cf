"""The application as a web server calls it."""

import os

from django.core.wsgi import get_wsgi_application

from habitue.site import garbage, leash

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "habitue.site.settings")
leash.die_with_parent()  # the server's own worker process must not outlive a killed server
application = get_wsgi_application()
garbage.settle()
