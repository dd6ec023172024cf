"""The import's pages: a file, its columns, a look at all of it, the rows brought in."""
