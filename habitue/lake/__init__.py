"""The lake: a copy of every business's canonical tables as Parquet, for any engine.

`migrations` holds the canonical tables as PostgreSQL views; `refreshing.refresh` copies what has
changed since the last time; `files` says which files hold a table now. Nothing heavy is imported
here: a web worker may pass through this room.
"""

from habitue.lake.layout import files

__all__ = ["files"]
