"""A package: the town is made once for all of it."""
