"""Rows that a test gives to a function, as the text of COPY that the worker would get."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from uuid import UUID

from ..failures import Failure
from ..interval import Interval
from ..rows.writing import ColumnWriter
from ..sql.read import reader
from ..sql.types import Column

_PLAIN: dict[str, Callable[[int], object]] = {
    "bool": lambda row: False,
    "int": lambda row: row,
    "float": float,
    "numeric": Decimal,
    "bytes": lambda row: b"",
    "date": lambda row: date(2000, 1, 1),
    "time": lambda row: time(),
    "timestamp": lambda row: datetime(2000, 1, 1),
    "timestamptz": lambda row: datetime(2000, 1, 1, tzinfo=UTC),
    "interval": lambda row: Interval(),
    "uuid": lambda row: UUID(int=row),
    "json": lambda row: {},
    "array": lambda row: [],
}


def copy_text(parameter: str, rows: Sequence[Mapping[str, object]], columns: Sequence[Column]) -> bytes:
    """Raises ValueError or TypeError with what is wrong with the rows."""
    texts = _by_column(parameter, rows, columns, lambda writer, values: writer.copy_texts(values, 1))
    return "".join("\t".join(row) + "\n" for row in zip(*texts)).encode()


def copy_csv(parameter: str, rows: Sequence[Mapping[str, object]], columns: Sequence[Column]) -> bytes:
    """NULL is nothing, everything else stands in quotes."""
    texts = _by_column(parameter, rows, columns, lambda writer, values: list(map(_quoted, writer.texts(values, 1))))
    return "".join(",".join(row) + "\n" for row in zip(*texts)).encode()


def _quoted(text: str | None) -> str:
    return "" if text is None else '"' + text.replace('"', '""') + '"'


def _by_column(
    parameter: str,
    rows: Sequence[Mapping[str, object]],
    columns: Sequence[Column],
    write: Callable[[ColumnWriter, Sequence[object]], list[str]],
) -> list[list[str]]:
    known = {column.name for column in columns}
    for number, row in enumerate(rows, 1):
        for name in row:
            if name not in known:
                raise TypeError(f"{parameter}, row {number}: there is no column {name}; there are {', '.join(known)}")
    try:
        return [write(ColumnWriter(column), _values(parameter, rows, column)) for column in columns]
    except Failure as failure:
        event = failure.event
        raise ValueError(f"{parameter}, row {event['row']}, {event['column']}: {event['message']}") from None


def _values(parameter: str, rows: Sequence[Mapping[str, object]], column: Column) -> list[object]:
    return [
        _given(parameter, number, row[column.name], column)
        if column.name in row
        else _left_out(parameter, number, column)
        for number, row in enumerate(rows, 1)
    ]


def _given(parameter: str, number: int, value: object, column: Column) -> object:
    """A text is read as the column's type, as in YAML."""
    read = reader(column.type) if column.type.family not in ("text", "json", "other") else None
    if not isinstance(value, str) or read is None:
        return value
    try:
        return read(value)
    except (ValueError, ArithmeticError, LookupError):
        message = f"the text can't be read as {column.type.text}"
        raise ValueError(f"{parameter}, row {number}, {column.name}: {message}") from None


def _left_out(parameter: str, number: int, column: Column) -> object:
    if not column.not_null:
        return None
    plain = _PLAIN.get(column.type.family)
    if plain is not None:
        return plain(number)
    if column.type.family == "text":
        return f"{column.name} {number}"[: column.type.length]
    message = f"{column.name} is not_null and of type {column.type.text}, so it has to be given"
    raise ValueError(f"{parameter}, row {number}: {message}")
