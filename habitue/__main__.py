"""Lets `python -m habitue` do what `habitue` does."""

from habitue.site import cli

if __name__ == "__main__":
    cli.main()
