"""The canonical tables' columns as Arrow types, and their rows written to Parquet files."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from types import NoneType
from typing import Any, Final, get_args, get_type_hints

import pyarrow
from pyarrow import compute, parquet

from habitue.lake import layout
from habitue.lake.layout import WHOLE, File
from habitue.metrics import tables

TYPES: Final = {
    int: pyarrow.int64(),
    date: pyarrow.date32(),
    str: pyarrow.string(),
    bool: pyarrow.bool_(),
}


@lru_cache
def schema(table: str) -> Any:
    """The columns of a canonical table: exact types, and null only where there may be nothing."""
    fields = []
    for name, hint in get_type_hints(tables.TABLES[table]).items():
        kinds = set(get_args(hint)) or {hint}
        (kind,) = kinds - {NoneType}
        fields.append(pyarrow.field(name, TYPES[kind], nullable=NoneType in kinds))
    return pyarrow.schema(fields)


def write(
    folder: Path, table: str, business: int, batches: Iterable[Any]
) -> Iterator[tuple[str, File]]:
    """Write rows that come month after month, and say of each month (`1998-01`) which file is its.

    A table that is not kept by month is one file, even without rows.
    """
    draft: Draft | None = None
    if table not in tables.MONTHLY:
        draft = Draft(folder, table, business, WHOLE)
    for batch in batches:
        for month, part in _by_month(table, batch):
            if draft is not None and draft.month != month:
                yield draft.month, draft.finish()
                draft = None
            draft = draft or Draft(folder, table, business, month)
            draft.add(part)
    if draft is not None:
        yield draft.month, draft.finish()


class Draft:
    """A file on its way: it gets its name, which follows from its content, when it is whole."""

    def __init__(self, folder: Path, table: str, business: int, month: str) -> None:
        self.month = month
        self.rows = 0
        self._lake = folder
        self._schema = schema(table)
        self._folder = folder / layout.place(table, business, month)
        layout.make(self._folder)
        self._path = self._folder / "draft"
        self._writer = parquet.ParquetWriter(self._path, self._schema, compression="zstd")

    def add(self, batch: Any) -> None:
        """More rows; PostgreSQL does not say which columns are never null, our schema does."""
        self._writer.write_batch(pyarrow.record_batch(batch.columns, schema=self._schema))
        self.rows += batch.num_rows

    def finish(self) -> File:
        """Close the file, see it on disk, and name it."""
        self._writer.close()
        with self._path.open("rb") as file:
            os.fsync(file.fileno())
            digest = hashlib.file_digest(file, "sha256").hexdigest()[:32]
        path = self._folder / f"{digest}.parquet"
        os.replace(self._path, path)
        layout.settle(self._folder)
        return File(path.relative_to(self._lake).as_posix(), self.rows, path.stat().st_size)


def _by_month(table: str, batch: Any) -> Iterator[tuple[str, Any]]:
    """A batch cut where the month changes."""
    if table not in tables.MONTHLY:
        yield WHOLE, batch
        return
    days = batch.column(tables.MONTHLY[table])
    count = compute.add(compute.multiply(compute.year(days), 12), compute.month(days)).to_numpy()
    cuts = [0, *((count[1:] != count[:-1]).nonzero()[0] + 1).tolist(), len(count)]
    for start, end in pairwise(cuts):
        if start < end:
            yield f"{days[start].as_py():%Y-%m}", batch.slice(start, end - start)
