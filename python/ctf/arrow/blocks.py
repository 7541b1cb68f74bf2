"""What a transform gives as whole columns: Arrow's tables, batches and readers, and pandas' DataFrames.

Whatever speaks Arrow's C stream is taken too (polars, DuckDB).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from ..failures import wrong_return
from .package import package

# Rows at a time: a large table must not be copied whole into text.
_ROWS = 65_536


class Block(NamedTuple):
    """Some rows as columns: each a pyarrow.Array, or a list of Python's values where Arrow would change them."""

    names: tuple[str, ...]
    columns: Sequence[Any]
    rows: int
    # Of a DataFrame, which people forget to make columns of.
    index_names: tuple[str, ...] = ()


def is_columnar(value: object) -> bool:
    """Without importing anything: what a package makes can't be there before the package."""
    if isinstance(value, type):
        return False
    return _is_frame(value) or hasattr(value, "__arrow_c_stream__") or hasattr(value, "__arrow_c_array__")


def blocks_of(value: Any) -> Iterator[Block]:
    """At least one block, so that also an empty table has its columns checked."""
    if _is_frame(value):
        for start in range(0, max(len(value), 1), _ROWS):
            yield _of_frame(value.iloc[start : start + _ROWS])
        return
    pa = package("pyarrow")
    if isinstance(value, pa.RecordBatch):
        value = pa.Table.from_batches([value])
    if isinstance(value, pa.Table) or not hasattr(value, "__arrow_c_stream__"):
        table = value if isinstance(value, pa.Table) else pa.table(value)
        reader = table.to_reader(_ROWS)
    else:
        reader = pa.RecordBatchReader.from_stream(value)
    names = tuple(reader.schema.names)
    _check_names(names)
    empty = True
    for batch in reader:
        for start in range(0, batch.num_rows, _ROWS):
            part = batch.slice(start, _ROWS)
            empty = False
            yield Block(names, part.columns, part.num_rows)
    if empty:
        yield Block(names, [pa.array([], field.type) for field in reader.schema], 0)


def _is_frame(value: object) -> bool:
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(value, pandas.DataFrame)


def _of_frame(frame: Any) -> Block:
    names = tuple(str(name) for name in frame.columns)
    _check_names(names)
    columns = [_of_series(frame.iloc[:, position]) for position in range(len(names))]
    index = tuple(str(name) for name in frame.index.names if name is not None)
    return Block(names, columns, len(frame), index)


def _of_series(series: Any) -> Any:
    """In NumPy's columns NaN means missing, so it is NULL; Arrow's own columns know NULL and NaN apart."""
    pa = package("pyarrow")
    if series.dtype != object:
        array = pa.array(series, from_pandas=True)
        return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
    # Arrow would give all dicts the same keys, and all numbers one type
    values = [None if isinstance(value, float) and value != value else value for value in series]
    if {type(value) for value in values} <= {str, type(None)}:
        return pa.array(values, "string")
    return values


def _check_names(names: tuple[str, ...]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise wrong_return(f"the columns {', '.join(twice)} come twice")
