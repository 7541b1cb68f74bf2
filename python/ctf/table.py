"""A table as a transform reads it."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from io import BufferedReader
from itertools import chain
from typing import TYPE_CHECKING, Any

from .arrow.package import package
from .arrow.reading import read_batches, read_schema
from .failures import Failure, NoSuchColumn
from .rows.reading import read_rows
from .sql.types import Column

if TYPE_CHECKING:
    import pandas
    import pyarrow


class Table:
    """An input that is a table or a view. Nothing is read before it is asked for, and each reading begins anew.

    >>> def transform(members: ctf.Table) -> Iterator[dict]:
    ...     for member in members:
    ...         yield {"member_id": member.member_id, "age": ...}

    The ways to read it:

    * ``for row in members`` or ``members.rows()``: named tuples, streamed
    * ``members.dicts()``: dicts, streamed; also for columns whose names are no names in Python
    * ``members.batches()``: pyarrow.RecordBatch, streamed
    * ``members.arrow()``: one pyarrow.Table
    * ``members.pandas()``: one DataFrame

    Rows have Python's own types: int, Decimal, str, date, datetime (with its zone, in UTC), UUID, ctf.Interval, lists
    for arrays, and for json what is inside of it. Ranges, inet and the like are text as PostgreSQL writes it. NULL is
    None; NaN is NaN.
    """

    def __init__(
        self,
        name: str,
        columns: Sequence[Column],
        open_stream: Callable[[str], BufferedReader],
        refused: Callable[[Failure], None],
    ) -> None:
        self._name = name
        self._columns = columns
        self._open_stream = open_stream
        self._refused = refused

    @property
    def name(self) -> str:
        """The input's name, which is the parameter's."""
        return self._name

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of its columns, in order."""
        return tuple(column.name for column in self._columns)

    def __iter__(self) -> Iterator[Any]:
        return self.rows()

    def __repr__(self) -> str:
        return f"<ctf.Table {self._name}: {', '.join(self.columns)}>"

    def rows(self) -> Iterator[Any]:
        """The rows as named tuples, streamed: ``row.member_id``.

        A column whose name is no name in Python (``class``, ``first name``) is there by position, ``row[2]``.
        """
        names = namedtuple("Row", self.columns, rename=True)  # type: ignore[misc]
        row = type("Row", (names,), {"__slots__": (), "__getattr__": self._no_column})
        # what row._make does, without a call of Python code for each
        return map(partial(tuple.__new__, row), self._values())

    def _no_column(self, name: str) -> Any:
        raise NoSuchColumn(self._name, self.columns, name)

    def dicts(self) -> Iterator[dict[str, Any]]:
        """The rows as dicts, streamed: ``{**row, "score": 1}`` is a row with one column more."""
        names = self.columns
        return (dict(zip(names, values)) for values in self._values())

    def batches(self) -> Iterator[pyarrow.RecordBatch]:
        """The rows as pyarrow.RecordBatch, streamed: for tables that don't fit into memory.

        numeric(p,s) is decimal128(p,s); numeric without a precision is text, because no decimal of Arrow holds all of
        it; json, uuid, ranges and the like are text; an interval is month_day_nano.
        """
        try:
            yield from read_batches(lambda: self._open_stream("csv"), self._columns, self._name)
        except Failure as failure:
            self._refused(failure)
            raise

    def arrow(self) -> pyarrow.Table:
        """The whole table as one pyarrow.Table."""
        return package("pyarrow").Table.from_batches(list(self.batches()), schema=read_schema(self._columns))

    def pandas(self) -> pandas.DataFrame:
        """The whole table as a DataFrame with Arrow's types, so that integers stay integers beside NULL, NULL and NaN
        stay different, and decimals exact. ``members.arrow().to_pandas()`` gives NumPy's types instead."""
        mapper = package("pandas").ArrowDtype
        frame: pandas.DataFrame = self.arrow().to_pandas(types_mapper=mapper)
        return frame

    def _values(self) -> Iterator[tuple[object, ...]]:
        return chain.from_iterable(self._blocks())

    def _blocks(self) -> Iterator[Iterable[tuple[object, ...]]]:
        try:
            with self._open_stream("text") as stream:
                yield from read_rows(stream, self._columns, self._name)
        except Failure as failure:
            self._refused(failure)
            raise
