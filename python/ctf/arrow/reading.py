"""From COPY's CSV to Arrow's record batches."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from io import BufferedReader
from typing import Any

from ..failures import Failure, too_large, unreadable_value
from ..interval import Interval
from ..sql.arrays import read_array
from ..sql.read import reader, unreadable
from ..sql.types import Column, SqlType
from .package import package
from .types import arrow_type, month_day_nano, read_by_arrow

_COLUMN = re.compile(r"CSV column #(\d+)")
# Arrow reads no row that is larger. More would be more memory.
_BLOCK = 1 << 21
_NAN = "Arrow's decimals have no NaN and no infinity"
_NESTED = "an array of several dimensions has no Arrow type; read the input as rows"


def read_schema(columns: Sequence[Column]) -> Any:
    """The pyarrow.Schema of an input with these columns."""
    return package("pyarrow").schema([(column.name, arrow_type(column.type)) for column in columns])


def read_batches(open_stream: Callable[[], BufferedReader], columns: Sequence[Column], parameter: str) -> Iterator[Any]:
    """The rows of a COPY in CSV format, as pyarrow.RecordBatch. `open_stream` begins that COPY.

    Raises Failure with column and row for a value that its Arrow type has no form for.
    """
    pa = package("pyarrow")
    schema = read_schema(columns)
    made = [read_by_arrow(column.type) for column in columns]
    types = [type if by_arrow else pa.string() for type, by_arrow in zip(schema.types, made, strict=True)]
    row = 1
    try:
        for batch in _csv(open_stream, types):
            arrays = [
                array if by_arrow else _from_text(array, column, parameter, row)
                for array, column, by_arrow in zip(batch.columns, columns, made, strict=True)
            ]
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)
            row += batch.num_rows
    except pa.ArrowInvalid as error:
        # its message holds the value
        match = _COLUMN.search(str(error))
        if match is None and "straddl" in str(error):
            failure = too_large(parameter, _BLOCK >> 20)
        elif match is None:
            raise
        else:
            failure = _find(open_stream, types, columns, int(match[1]), parameter)
    else:
        return
    raise failure


def _csv(open_stream: Callable[[], BufferedReader], types: Sequence[Any], only: int | None = None) -> Iterator[Any]:
    csv = package("pyarrow.csv")
    # numbers for names, because two columns may differ in nothing that CSV keeps
    names = [str(index) for index in range(len(types))]
    with open_stream() as stream:
        # no rows are no CSV file for Arrow
        if not stream.peek(1):
            return
        reader = csv.open_csv(
            stream,
            read_options=csv.ReadOptions(column_names=names, block_size=_BLOCK),
            # a NULL in the only column is an empty line
            parse_options=csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
            convert_options=csv.ConvertOptions(
                column_types=dict(zip(names, types, strict=True)),
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
                true_values=["t"],
                false_values=["f"],
                include_columns=None if only is None else [str(only)],
            ),
        )
        yield from reader


def _find(
    open_stream: Callable[[], BufferedReader],
    types: Sequence[Any],
    columns: Sequence[Column],
    index: int,
    parameter: str,
) -> Failure:
    """Arrow names the column; a second reading, of that column as text, finds the row."""
    pa = package("pyarrow")
    column = columns[index]
    row = 1
    for batch in _csv(open_stream, [pa.string()] * len(types), index):
        try:
            batch.column(0).cast(types[index])
        except pa.ArrowInvalid:
            for offset, text in enumerate(batch.column(0)):
                try:
                    text.cast(types[index])
                except pa.ArrowInvalid:
                    return unreadable_value(parameter, column.name, row + offset, _why(column.type))
        row += batch.num_rows
    return unreadable_value(parameter, column.name, 0, _why(column.type))


def _why(type: SqlType) -> str:
    return _NAN if type.family == "numeric" else unreadable(type)


def _from_text(texts: Any, column: Column, parameter: str, first_row: int) -> Any:
    pa = package("pyarrow")
    type = arrow_type(column.type)
    make = _maker(column.type)
    values = []
    for index, text in enumerate(texts.to_pylist()):
        try:
            values.append(None if text is None else make(text))
        except (ValueError, ArithmeticError, OverflowError):
            raise unreadable_value(parameter, column.name, first_row + index, _why(column.type)) from None
    try:
        return pa.array(values, type)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        for index, value in enumerate(values):
            try:
                pa.array([value], type)
            except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
                nested = isinstance(value, list) and any(isinstance(item, list) for item in value)
                message = _NESTED if nested else _why(column.type.element or column.type)
                raise unreadable_value(parameter, column.name, first_row + index, message) from None
        raise


def _maker(type: SqlType) -> Callable[[str], object]:
    """From text to what pyarrow makes the type's array of."""
    if type.family == "array" and type.element is not None:
        element = _maker(type.element)
        box = type.element.text == "box"
        return lambda text: read_array(text, element, box)
    if type.family == "interval":
        return lambda text: month_day_nano(Interval.parse(text))
    # Arrow keeps these as PostgreSQL's text, also inside of arrays
    if arrow_type(type) == package("pyarrow").string():
        return str
    return reader(type) or str
