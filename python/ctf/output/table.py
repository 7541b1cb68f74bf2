"""Rows for CTF, which copies them into the closed schema."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from typing import Any, Protocol

from ..arrow.package import package
from ..arrow.writing import csv_column
from ..rows.writing import ColumnWriter
from ..sql.types import Column


_TOLD_AT_ONCE = 10_000


class Stream(Protocol):
    def sendall(self, data: bytes, /) -> None: ...

    def close(self) -> None: ...


class TableSink:
    """Opens the stream with the first rows, because they decide the format and the columns.

    `broken` hears of rows whose values hold line breaks, before they are sent: their numbers and how many each.
    """

    def __init__(
        self,
        columns: Sequence[Column],
        open_stream: Callable[[str, Sequence[str]], Stream],
        broken: Callable[[list[int], list[int]], None],
    ) -> None:
        self._broken = broken
        self._columns = {column.name: column for column in columns}
        self._open_stream = open_stream
        self._stream: Stream | None = None
        self._writers: list[ColumnWriter] = []

    def rows(self, names: Sequence[str], rows: Iterable[Sequence[object]], first_row: int) -> None:
        stream = self._stream or self._open("text", names)
        columns = [
            writer.copy_texts(values, first_row)
            for writer, values in zip(self._writers, zip(*rows, strict=True), strict=True)
        ]
        lines = "\n".join(map("\t".join, zip(*columns, strict=True)))
        stream.sendall(f"{lines}\n".encode())

    def block(self, names: Sequence[str], columns: Sequence[object], first_row: int) -> None:
        stream = self._stream or self._open("csv", names)
        pa = package("pyarrow")
        csv = package("pyarrow.csv")
        arrays = [csv_column(array, writer, first_row) for array, writer in zip(columns, self._writers, strict=True)]
        buffer = pa.BufferOutputStream()
        csv.write_csv(
            pa.RecordBatch.from_arrays(arrays, names=list(names)),
            buffer,
            # texts always in quotes, NULL never: so COPY knows an empty text and NULL apart
            csv.WriteOptions(include_header=False, quoting_style="needed", batch_size=1 << 14),
        )
        lines = buffer.getvalue().to_pybytes()
        # counting is cheap; only where rows take up more than a line each are the columns looked at
        if lines.count(b"\n") != len(arrays[0]):
            self._tell_breaks(arrays, first_row)
        stream.sendall(lines)

    def _tell_breaks(self, arrays: Sequence[Any], first_row: int) -> None:
        pa = package("pyarrow")
        pc = package("pyarrow.compute")
        texts = [array for array in arrays if pa.types.is_string(array.type)]
        counts = [
            pc.fill_null(pc.count_substring(array, "\n"), 0)
            for array in texts
            if pc.any(pc.match_substring(array, "\n")).as_py()
        ]
        if not counts:
            return
        sums = reduce(pc.add, counts)
        rows = pc.indices_nonzero(sums)
        for start in range(0, len(rows), _TOLD_AT_ONCE):
            some = rows.slice(start, _TOLD_AT_ONCE)
            self._broken([first_row + index for index in some.to_pylist()], sums.take(some).to_pylist())

    def empty(self) -> None:
        self._open("text", [column.name for column in self._columns.values() if not column.may_lack])

    def close(self) -> None:
        if self._stream is not None:
            self._stream.close()

    def _open(self, format: str, names: Sequence[str]) -> Stream:
        self._writers = [ColumnWriter(self._columns[name]) for name in names]
        self._stream = self._open_stream(format, names)
        return self._stream
