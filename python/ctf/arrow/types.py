"""Which Arrow type holds a PostgreSQL type without loss.

| PostgreSQL | Arrow |
|---|---|
| boolean, integers, floats | bool, int16/32/64, float/double |
| numeric(p,s) | decimal128(p,s), decimal256 above 38 digits, text above 76 |
| numeric | text: without a declared precision there is no decimal type that holds all of them |
| text types, uuid, json, timetz, ranges, inet, … | string, as PostgreSQL writes them |
| bytea | binary |
| date, time, timestamp, timestamptz | date32, time64[us], timestamp[us], timestamp[us, UTC] |
| interval | month_day_nano_interval |
| arrays | list of these, of one dimension |
"""

from __future__ import annotations

from typing import Any

from ..interval import Interval
from ..sql.types import SqlType
from .package import package


def arrow_type(type: SqlType) -> Any:
    """The pyarrow.DataType of a column of this type."""
    pa = package("pyarrow")
    match type.family:
        case "bool":
            return pa.bool_()
        case "int":
            return {16: pa.int16, 32: pa.int32, 64: pa.int64}[type.bits]()
        case "float":
            return pa.float32() if type.bits == 32 else pa.float64()
        case "numeric":
            return _decimal(type)
        case "bytes":
            return pa.binary()
        case "date":
            return pa.date32()
        case "time":
            return pa.time64("us")
        case "timestamp":
            return pa.timestamp("us")
        case "timestamptz":
            return pa.timestamp("us", "UTC")
        case "interval":
            return pa.month_day_nano_interval()
        case "array" if type.element is not None:
            return pa.list_(arrow_type(type.element))
    return pa.string()


def read_by_arrow(type: SqlType) -> bool:
    """Whether Arrow's CSV reader makes this type by itself; the others are made from their text."""
    if type.family == "numeric":
        digits = _digits(type)
        return digits is None or digits <= 38
    return type.family not in ("bytes", "interval", "array")


def month_day_nano(interval: Interval) -> Any:
    """Arrow's interval. Raises OverflowError: its nanoseconds go to 292 years, PostgreSQL's microseconds further."""
    months, days, microseconds = interval
    if abs(microseconds) >= (1 << 63) // 1000:
        raise OverflowError
    return package("pyarrow").MonthDayNano([months, days, microseconds * 1000])


def _digits(type: SqlType) -> int | None:
    if type.precision is None or type.scale < 0:
        return None
    digits = max(type.precision, type.scale)
    return digits if digits <= 76 else None


def _decimal(type: SqlType) -> Any:
    pa = package("pyarrow")
    digits = _digits(type)
    if digits is None:
        return pa.string()
    return pa.decimal128(digits, type.scale) if digits <= 38 else pa.decimal256(digits, type.scale)
