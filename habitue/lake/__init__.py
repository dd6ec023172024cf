"""The lake: a copy of every business's canonical tables as Parquet, for any engine.

`migrations` holds the canonical tables as PostgreSQL views; `files` says which files of a copy hold
a table now. Nothing heavy is imported here: a web worker may pass through this room.
"""
