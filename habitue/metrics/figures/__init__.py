"""One figure a module, found by its name: a new figure is a file beside these."""
