"""From Arrow and pandas to the declared types, a column at a time.

Arrow converts what it converts exactly. Everything else goes value by value through the same checks as rows do, so that
both say the same about the same value.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..failures import wrong_value
from ..rows.writing import ColumnWriter
from ..sql.check import limit, rounded
from ..sql.types import Column, SqlType
from ..sql.write import writer as write
from .package import package
from .types import arrow_type, month_day_nano


def csv_column(array: Any, writer: ColumnWriter, first_row: int) -> Any:
    """An array that Arrow's CSV writer writes as COPY reads it into the column. Raises Failure.

    `array` is a pyarrow.Array, or a list of Python's values.
    """
    exact = _exact(array, writer.column)
    if exact is not None:
        return exact
    return package("pyarrow").array(writer.texts(_values(array, writer, first_row), first_row), "string")


def typed_column(array: Any, writer: ColumnWriter, first_row: int) -> Any:
    """An array of the column's own Arrow type, for a file. Raises Failure."""
    pa = package("pyarrow")
    type = arrow_type(writer.column.type)
    exact = _exact(array, writer.column)
    if exact is not None and exact.type == type:
        return exact
    values = _values(array, writer, first_row)
    return pa.array(typed_values(values, writer, first_row), type)


def typed_values(values: Sequence[object], writer: ColumnWriter, first_row: int) -> list[object]:
    """Checked values as pyarrow takes them for the column's Arrow type."""
    type = writer.column.type
    if arrow_type(type) == package("pyarrow").string():
        return list(writer.texts(values, first_row))
    return [_for_arrow(writer.checked(value, first_row + index), type) for index, value in enumerate(values)]


def _for_arrow(value: Any, type: SqlType) -> object:
    if value is None:
        return None
    match type.family:
        case "numeric":
            return rounded(value, type.scale)
        case "interval":
            return month_day_nano(value)
        case "array" if type.element is not None:
            element = type.element
            if arrow_type(element) == package("pyarrow").string():
                text = write(element)
                return [None if item is None else text(item) for item in value]
            return [_for_arrow(item, element) for item in value]
    return value


def _exact(array: Any, column: Column) -> Any | None:
    """The array as the column has it, if Arrow can do that without loss; None where values must be looked at."""
    if isinstance(array, list):
        return None
    pa = package("pyarrow")
    if pa.types.is_dictionary(array.type):
        array = array.cast(array.type.value_type)
    if column.not_null and array.null_count:
        return None
    try:
        return _converted(array, array.type, column.type)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None


def _converted(array: Any, source: Any, type: SqlType) -> Any | None:
    pa = package("pyarrow")
    pc = package("pyarrow.compute")
    is_type = pa.types
    number = is_type.is_integer(source) or is_type.is_floating(source) or is_type.is_decimal(source)
    string = is_type.is_string(source) or is_type.is_large_string(source)
    match type.family:
        case "bool":
            return array if is_type.is_boolean(source) else None
        case "int" | "float":
            # a safe cast: what would lose a fraction, a digit or the range is an error
            return array.cast(arrow_type(type)) if number and not is_type.is_decimal256(source) else None
        case "numeric" if number:
            return array if _in_range(array, source, type) else None
        case "numeric" if string and arrow_type(type) == pa.string():
            # as it was read
            return array.cast("string")
        case "text" if string:
            longest = pc.max(pc.utf8_length(array)).as_py()
            too_long = type.length is not None and longest is not None and longest > type.length
            return None if too_long or pc.any(pc.match_substring(array, "\0")).as_py() else array.cast("string")
        case "json" if string:
            return array.cast("string")
        case "date" if is_type.is_date32(source):
            return array
        case "date" if is_type.is_timestamp(source) and source.tz is None:
            days = array.cast(pa.date32(), safe=False)
            return days if days.cast(source).equals(array) else None
        case "time" if is_type.is_time(source):
            return array.cast(arrow_type(type))
        case "timestamp" if is_type.is_timestamp(source) and source.tz is None:
            return array.cast(arrow_type(type))
        case "timestamptz" if is_type.is_timestamp(source) and source.tz is not None:
            return array.cast(arrow_type(type))
    return None


def _in_range(array: Any, source: Any, type: SqlType) -> bool:
    pa = package("pyarrow")
    pc = package("pyarrow.compute")
    too_large = limit(type)
    if too_large is None:
        return True
    if pa.types.is_decimal(source) and source.precision - source.scale < too_large.adjusted() + 1:
        return True
    both = pc.min_max(array).as_py()
    # a float's NaN is no minimum and no maximum, and numeric has it
    return both["max"] is None or bool(both["max"] < too_large and both["min"] > -too_large)


def _values(array: Any, writer: ColumnWriter, first_row: int) -> list[object]:
    if isinstance(array, list):
        return array
    try:
        result: list[object] = array.to_pylist()
        return result
    except (ValueError, OverflowError):
        pass
    values: list[object] = []
    for index, scalar in enumerate(array):
        try:
            values.append(scalar.as_py())
        except (ValueError, OverflowError):
            message = f"the value is out of the range of {writer.column.type.text}"
            raise wrong_value(writer.column.name, first_row + index, message) from None
    return values
