"""The Python client, against a real server and against the OpenAPI file."""
