"""One module a command, found by its name; each exposes `command`."""
