"""Python's values for CTF: as SQL in the place of a piece, and as what a table's column reads."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from ..interval import Interval
from ..naming import type_name
from ..sql.check import plain
from ..sql.json import write_json


class Unwritable(Exception):
    """Why a value can't be written. It never says the value."""


def piece_value(value: object, type: str | None = None) -> Any:
    """A value of the protocol (PieceValue). `type`: of the column, where it has one."""
    if type is not None and type.strip().lower().removeprefix("pg_catalog.") in ("json", "jsonb"):
        return value if value is None or isinstance(value, str) else {"literal": [_json(value), type]}
    value = plain(value)
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return {"int": str(int(value))}
    # A named tuple, too.
    if isinstance(value, list | tuple) and not isinstance(value, Interval):
        return {"list": [piece_value(item) for item in value]}
    return {"literal": _typed(value)}


def column_text(value: object) -> str | None:
    """What PostgreSQL reads as the column's own type. A list is written as JSON, which CTF makes an array of."""
    value = plain(value)
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, list | tuple) and not isinstance(value, Interval):
        return _json(value)
    return _typed(value)[0]


def _typed(value: object) -> tuple[str, str]:
    """The text of a value and the type that it is by itself."""
    match value:
        case float():
            return _float(value), "float8"
        case Decimal():
            if value.is_snan():
                raise Unwritable("PostgreSQL has no signalling NaN")
            return str(value), "numeric"
        case bytes() | bytearray() | memoryview():
            return f"\\x{bytes(value).hex()}", "bytea"
        case datetime():
            return value.isoformat(), "timestamp" if value.utcoffset() is None else "timestamptz"
        case date():
            return value.isoformat(), "date"
        case time():
            return value.isoformat(), "time" if value.utcoffset() is None else "timetz"
        case Interval():
            return value.iso(), "interval"
        case timedelta():
            return Interval.from_timedelta(value).iso(), "interval"
        case UUID():
            return str(value), "uuid"
        case Mapping():
            return _json(value), "jsonb"
    name = type_name(type(value))
    raise Unwritable(f"{'an' if name[:1] in 'aeiou' else 'a'} {name} is no value of a table")


def _float(value: float) -> str:
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return "NaN" if math.isnan(value) else repr(float(value))


def _json(value: object) -> str:
    try:
        return write_json(_within_json(value))
    except (TypeError, ValueError, RecursionError):
        raise Unwritable("something inside has no form in JSON") from None


def _within_json(value: object) -> object:
    """Dates and their like as texts; numbers stay what they are."""
    value = plain(value)
    if value is None or isinstance(value, bool | str | int | float | Decimal):
        return value
    if isinstance(value, Mapping):
        return {key: _within_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple) and not isinstance(value, Interval):
        return [_within_json(item) for item in cast("list[object]", value)]
    return _typed(value)[0]
