"""Rows into a file: CSV (RFC 4180, with a header) or JSON Lines, in UTF-8.

Both have the same values: numbers, true and false as JSON writes them, dates and times in ISO 8601, bytes as
PostgreSQL's `\\x…`, lists and dicts as JSON. NULL is nothing in CSV, where an empty text is `""`, and null in JSON.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from ..failures import wrong_value
from ..interval import Interval
from ..naming import type_name
from ..rows.writing import ColumnWriter
from ..sql.check import plain, rounded
from ..sql.json import write_json
from ..sql.types import Column

_NAMES_OF = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}


class TextFileSink:
    """`format` is csv or json_lines."""

    def __init__(self, path: str, format: str, columns: Sequence[Column]) -> None:
        self._file = open(path, "w", encoding="utf-8", newline="", buffering=1 << 18)
        self._csv = format == "csv"
        self._columns = columns
        self._writers: list[ColumnWriter | None] = []
        self._names: Sequence[str] = ()
        self._keys: list[str] = []

    def rows(self, names: Sequence[str], rows: Iterable[Sequence[object]], first_row: int) -> None:
        if not self._keys:
            self._begin(names)
        for index, row in enumerate(rows):
            self._file.write(self._line(row, first_row + index))

    def block(self, names: Sequence[str], columns: Sequence[object], first_row: int) -> None:
        values = [column if isinstance(column, list) else column.to_pylist() for column in columns]  # type: ignore[attr-defined]
        self.rows(names, zip(*values, strict=True), first_row)

    def empty(self) -> None:
        if self._columns:
            self._begin([column.name for column in self._columns])

    def close(self) -> None:
        """The file is on disk afterwards."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def _begin(self, names: Sequence[str]) -> None:
        self._names = names
        self._keys = [_field(name) if self._csv else write_json(name) + ":" for name in names]
        by_name = {column.name: ColumnWriter(column) for column in self._columns}
        self._writers = [by_name.get(name) for name in names]
        if self._csv:
            self._file.write(",".join(self._keys) + "\r\n")

    def _line(self, row: Sequence[object], number: int) -> str:
        texts = []
        for value, name, key, writer in zip(row, self._names, self._keys, self._writers, strict=True):
            try:
                form = _form(value if writer is None else _declared(value, writer, number))
                if self._csv:
                    texts.append(_csv_text(form))
                else:
                    texts.append(key + write_json(form))
            except (TypeError, ValueError):
                message = f"a {type_name(type(value))} has no form in {'CSV' if self._csv else 'JSON'}"
                raise wrong_value(name, number, message) from None
        return ",".join(texts) + "\r\n" if self._csv else "{" + ",".join(texts) + "}\n"


def _declared(value: object, writer: ColumnWriter, row: int) -> object:
    checked = writer.checked(value, row)
    type = writer.column.type
    if isinstance(checked, Decimal) and type.precision is not None:
        return rounded(checked, type.scale)
    return checked


def _form(value: object) -> object:
    """What JSON has a form for."""
    value = plain(value)
    match value:
        case Interval():
            return value.iso()
        case timedelta():
            return Interval.from_timedelta(value).iso()
        case date() | datetime() | time():
            return value.isoformat()
        case UUID():
            return str(value)
        case bytes() | bytearray() | memoryview():
            return "\\x" + bytes(value).hex()
        case list() | tuple():
            return [_form(item) for item in value]
        case dict():
            return {key: _form(item) for key, item in value.items()}
    return value


def _csv_text(form: object) -> str:
    if form is None:
        return ""
    if isinstance(form, str):
        return _field(form)
    if isinstance(form, float | Decimal) and str(form).lower().replace("infinity", "inf") in _NAMES_OF:
        return _NAMES_OF[str(form).lower().replace("infinity", "inf")]
    return _field(write_json(form))


def _field(text: str) -> str:
    if text == "" or any(character in text for character in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text
