"""`habitue start`: everything in one supervised tree, until Ctrl-C."""


def command() -> None:
    """Start Habitué: database, web and worker, until Ctrl-C."""
    from habitue.site import environment, tree

    tree.run(environment.read())
