"""Rows into a Parquet file, a row group at a time."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Any

from ..arrow.package import package
from ..arrow.types import arrow_type
from ..arrow.writing import typed_column
from ..failures import wrong_value
from ..rows.writing import ColumnWriter
from ..sql.types import Column

_ROW_GROUP = 65_536


class ParquetSink:
    """Declared columns have their declared types; else the first rows decide."""

    def __init__(self, path: str, columns: Sequence[Column]) -> None:
        self._pa = package("pyarrow")
        self._columns = {column.name: column for column in columns}
        self._file = open(path, "wb")
        self._schema: Any = None
        self._parquet: Any = None
        self._waiting: list[Any] = []
        self._rows = 0

    def rows(self, names: Sequence[str], rows: Iterable[Sequence[object]], first_row: int) -> None:
        self.block(names, [list(values) for values in zip(*rows, strict=True)], first_row)

    def block(self, names: Sequence[str], columns: Sequence[object], first_row: int) -> None:
        arrays = []
        for name, column in zip(names, columns, strict=True):
            declared = self._columns.get(name)
            arrays.append(
                typed_column(column, ColumnWriter(declared), first_row)
                if declared
                else self._as_given(name, column, first_row)
            )
        if self._parquet is None:
            self._begin(self._pa.schema([(name, array.type) for name, array in zip(names, arrays, strict=True)]))
        batch = self._pa.RecordBatch.from_arrays(arrays, schema=self._schema)
        self._waiting.append(batch)
        self._rows += batch.num_rows
        if self._rows >= _ROW_GROUP:
            self._write()

    def empty(self) -> None:
        fields = [(column.name, arrow_type(column.type)) for column in self._columns.values()]
        self._begin(self._pa.schema(fields))

    def close(self) -> None:
        """The file is on disk afterwards."""
        if self._parquet is not None:
            self._write()
            self._parquet.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def _begin(self, schema: Any) -> None:
        self._schema = schema
        self._parquet = package("pyarrow.parquet").ParquetWriter(self._file, schema)

    def _write(self) -> None:
        if self._waiting:
            self._parquet.write_table(self._pa.Table.from_batches(self._waiting, schema=self._schema))
        self._waiting = []
        self._rows = 0

    def _as_given(self, name: str, column: Any, first_row: int) -> Any:
        """The type of the first rows is that of all."""
        type = None if self._schema is None else self._schema.field(name).type
        errors = (self._pa.ArrowInvalid, self._pa.ArrowTypeError, self._pa.ArrowNotImplementedError, OverflowError)
        try:
            if isinstance(column, list):
                return self._pa.array(column, type)
            return column if type is None else column.cast(type)
        except errors:
            hint = "is not of the type that the rows before have; declare the columns' types"
            values = column if isinstance(column, list) else column.to_pylist()
            if type is None:
                type = self._pa.array([value for value in values if value is not None][:1]).type
            for index, value in enumerate(values):
                try:
                    self._pa.array([value], type)
                except errors:
                    raise wrong_value(name, first_row + index, f"the value {hint}") from None
            raise wrong_value(name, first_row, f"one value of these rows {hint}") from None
