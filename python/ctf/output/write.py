"""Takes what `transform` returned to a sink, some rows at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Protocol

from ..arrow.blocks import Block, blocks_of, is_columnar
from ..failures import wrong_return
from ..naming import type_name
from ..rows.shapes import match_columns, shape_of
from ..sql.types import Column

_ROWS = 2000


class Sink(Protocol):
    """Somewhere for rows. Of one sink only rows() or block() is called, always with the same names."""

    def rows(self, names: Sequence[str], rows: Iterable[Sequence[object]], first_row: int) -> None: ...

    def block(self, names: Sequence[str], columns: Sequence[object], first_row: int) -> None: ...

    def empty(self) -> None:
        """There is not even a first row to say which columns there are."""


def write(returned: object, columns: Sequence[Column], sink: Sink, progress: Callable[[int], None]) -> int:
    """The number of rows. `columns`: the output's, none where it takes the rows as they are. Raises Failure."""
    items = _items(returned)
    try:
        first = next(items)
    except StopIteration:
        sink.empty()
        return 0
    everything = chain((first,), items)
    if is_columnar(first):
        return _write_blocks(everything, columns, sink, progress)
    return _write_rows(first, everything, columns, sink, progress)


def _items(returned: object) -> Iterator[object]:
    if is_columnar(returned):
        return iter((returned,))
    if returned is None:
        raise wrong_return("transform returned None", "return rows, or write `yield` for each row")
    if (
        isinstance(returned, str | bytes | Mapping)
        or hasattr(returned, "_fields")
        or not isinstance(returned, Iterable)
    ):
        raise wrong_return(
            f"transform returned a {type_name(type(returned))}",
            "return an iterable of rows, Arrow data, a DataFrame, or a generator of them",
        )
    return iter(returned)


def _write_rows(
    first: object, items: Iterator[object], columns: Sequence[Column], sink: Sink, progress: Callable[[int], None]
) -> int:
    shape = shape_of(first, columns)
    row = 1
    while chunk := list(islice(items, _ROWS)):
        sink.rows(shape.columns, shape.values(chunk, row), row)
        row += len(chunk)
        progress(row - 1)
    return row - 1


def _write_blocks(
    items: Iterator[object], columns: Sequence[Column], sink: Sink, progress: Callable[[int], None]
) -> int:
    row = 1
    names: tuple[str, ...] | None = None
    for item in items:
        if not is_columnar(item):
            raise wrong_return(
                f"transform gave a {type_name(type(item))} after whole columns", "give all rows in the same form"
            )
        for block in blocks_of(item):
            chosen = match_columns(block.names, columns, _index_hint(block, columns))
            if names is None:
                names = chosen
            if names != chosen:
                raise wrong_return(f"from row {row} on there are other columns than before")
            by_name = dict(zip(block.names, block.columns, strict=True))
            sink.block(chosen, [by_name[name] for name in chosen], row)
            row += block.rows
            progress(row - 1)
    return row - 1


def _index_hint(block: Block, columns: Sequence[Column]) -> str | None:
    index = [name for name in block.index_names if name in {column.name for column in columns}]
    return f"{', '.join(index)} is the DataFrame's index: .reset_index() makes it a column" if index else None
