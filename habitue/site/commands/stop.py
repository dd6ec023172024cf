"""`habitue stop`: ends the tree that `habitue start` began."""


def command() -> None:
    """Stop Habitué cleanly."""
    from habitue.site import environment, tree

    stopped = tree.terminate(environment.read(), patience=90)
    print("Stopped." if stopped else "Habitué is not running.")
