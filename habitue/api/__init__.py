"""Door for programs: REST with OpenAPI 3.1, a small WSGI application of its own beside Django's."""
