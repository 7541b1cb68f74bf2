"""Does a column take this value? To the one form in which it is written, or Refused: never a silent change.

| column | takes |
|---|---|
| boolean | bool |
| integers | int; float and Decimal without a fraction; in range. No bool, no str |
| real, double precision | float with NaN and infinities; int that a float holds exactly; Decimal |
| numeric | Decimal, int, float; rounded to the declared scale, as every INSERT does |
| text, varchar, char | str |
| bytea | bytes, bytearray, memoryview |
| date | date; datetime at midnight without a zone |
| time | time without a zone |
| timestamp | datetime without a zone; date |
| timestamptz | datetime with a zone |
| interval | ctf.Interval, timedelta |
| uuid | UUID, str |
| json, jsonb | what json.dumps takes, Decimal too; a str is a JSON string; text made by json.dumps is refused |
| arrays | list, tuple, nested too, of what the element takes |
| everything else | str in PostgreSQL's notation; numbers |

None is NULL, pandas' NA and NaT too. NumPy's scalars are as Python's.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from enum import Enum
from typing import cast
from uuid import UUID

from ..failures import Refused
from ..interval import Interval
from ..naming import type_name
from .arrays import shape
from .json import looks_like_json
from .types import SqlType

# More digits than numeric has, and not the context that the user's code may have changed.
_EXACT = Context(prec=150_000)


def checked(value: object, type: SqlType) -> object:
    """The value in the form that is written, None for NULL. Raises Refused."""
    value = plain(value)
    return None if value is None else _CHECKS[type.family](value, type)


def plain(value: object) -> object:
    """NumPy's and pandas' scalars, and members of an Enum, as Python's own values."""
    if value is None:
        return None
    if isinstance(value, Enum):
        return value.value
    module = type(value).__module__
    if module.startswith("numpy"):
        return _from_numpy(value)
    if module.startswith("pandas"):
        return _from_pandas(value)
    return value


def rounded(value: Decimal, scale: int) -> Decimal:
    """Half away from zero, as PostgreSQL rounds."""
    return value.quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP, _EXACT) if value.is_finite() else value


def limit(type: SqlType) -> Decimal | None:
    """The first magnitude that a numeric(p,s) doesn't take, before rounding."""
    if type.precision is None:
        return None
    return _EXACT.subtract(Decimal(1).scaleb(type.precision - type.scale), Decimal(5).scaleb(-type.scale - 1))


def int_range(bits: int) -> tuple[int, int]:
    return -(1 << (bits - 1)), (1 << (bits - 1)) - 1


def _from_numpy(value: object) -> object:
    name = type(value).__name__
    if name == "datetime64":
        exact = value.astype("datetime64[us]")  # type: ignore[attr-defined]
        if exact != value and str(value) != "NaT":
            raise Refused("PostgreSQL keeps microseconds, this has nanoseconds")
        return cast(object, exact.item())
    if name == "timedelta64":
        return cast(object, value.astype("timedelta64[us]").item())  # type: ignore[attr-defined]
    if name == "ndarray":
        return cast(object, value.tolist())  # type: ignore[attr-defined]
    return cast(object, value.item()) if hasattr(value, "item") else value


def _from_pandas(value: object) -> object:
    name = type(value).__name__
    if name in ("NAType", "NaTType"):
        return None
    if name in ("Timestamp", "Timedelta"):
        if value.nanosecond if name == "Timestamp" else value.nanoseconds:  # type: ignore[attr-defined]
            raise Refused("PostgreSQL keeps microseconds, this has nanoseconds")
        return cast(object, value.to_pydatetime() if name == "Timestamp" else value.to_pytimedelta())  # type: ignore[attr-defined]
    return value


def _refuse(value: object, type: SqlType, hint: str = "") -> Refused:
    name = type_name(value.__class__)
    return Refused(f"{'an' if name[:1] in 'aeiou' else 'a'} {name} is no {type.text}{hint and ': ' + hint}")


def _bool(value: object, type: SqlType) -> object:
    if isinstance(value, bool):
        return value
    raise _refuse(value, type, "compare it, so that it is True or False")


def _int(value: object, type: SqlType) -> object:
    if isinstance(value, bool):
        raise _refuse(value, type, "int(...) makes it 0 or 1")
    if isinstance(value, float | Decimal):
        if not math.isfinite(value):
            raise Refused(f"NaN and infinity are no {type.text}; NULL is None")
        if value != int(value):
            raise Refused(f"a number with a fraction is no {type.text}: round it first")
        value = int(value)
    if not isinstance(value, int):
        raise _refuse(value, type, "int(...) makes it one" if isinstance(value, str) else "")
    low, high = int_range(type.bits)
    if not low <= value <= high:
        raise Refused(f"the number is out of the range of {type.text}")
    return int(value)


def _float(value: object, type: SqlType) -> object:
    if isinstance(value, float):
        return value
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, int) and not isinstance(value, bool):
        try:
            number = float(value)
        except OverflowError:
            raise Refused(f"the number is out of the range of {type.text}") from None
        if number != value:
            raise Refused(f"a whole number of this size is not exact in {type.text}; float(...) rounds it")
        return number
    raise _refuse(value, type, "float(...) makes it one" if isinstance(value, str) else "")


def _numeric(value: object, type: SqlType) -> object:
    if isinstance(value, bool) or not isinstance(value, Decimal | int | float):
        raise _refuse(value, type, "Decimal(...) makes it one" if isinstance(value, str) else "")
    # repr: the shortest decimal that is this float, as people see it
    number = value if isinstance(value, Decimal) else Decimal(repr(value) if isinstance(value, float) else int(value))
    too_large = limit(type)
    if number.is_snan():
        return Decimal("NaN")
    if too_large is not None and not number.is_nan() and number.copy_abs() >= too_large:
        raise Refused(f"the number is out of the range of {type.text}")
    return number


def _text(value: object, type: SqlType) -> object:
    if not isinstance(value, str):
        raise _refuse(value, type, "str(...) or an f-string makes it one")
    value = str(value)
    if "\0" in value:
        raise Refused("PostgreSQL's texts can't hold the character U+0000")
    if type.length is not None and len(value) > type.length and len(value.rstrip(" ")) > type.length:
        raise Refused(f"the text is longer than {type.text}")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise Refused("the text holds half of a surrogate pair, which is no character") from None
    return value


def _bytes(value: object, type: SqlType) -> object:
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)
    raise _refuse(value, type, "text.encode(...) makes it one" if isinstance(value, str) else "")


def _date(value: object, type: SqlType) -> object:
    if isinstance(value, datetime):
        if value.tzinfo is not None or value.time() != time.min:
            raise Refused("a datetime with a time of day or a zone is no date: .date() takes its date")
        return value.date()
    if isinstance(value, date):
        return value
    raise _refuse(value, type, "date.fromisoformat(...) makes it one" if isinstance(value, str) else "")


def _time(value: object, type: SqlType) -> object:
    if not isinstance(value, time):
        raise _refuse(value, type, "time.fromisoformat(...) makes it one" if isinstance(value, str) else "")
    if value.tzinfo is not None:
        raise Refused(f"a time with a zone is no {type.text}")
    return value


def _timestamp(value: object, type: SqlType) -> object:
    if isinstance(value, datetime):
        if value.tzinfo is not None:
            raise Refused(f"a datetime with a zone is no {type.text}: .astimezone(...) and .replace(tzinfo=None)")
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    raise _refuse(value, type, "datetime.fromisoformat(...) makes it one" if isinstance(value, str) else "")


def _timestamptz(value: object, type: SqlType) -> object:
    if not isinstance(value, datetime):
        raise _refuse(value, type, "datetime.fromisoformat(...) makes it one" if isinstance(value, str) else "")
    if value.utcoffset() is None:
        raise Refused("a datetime without a zone could be any moment of that day: .replace(tzinfo=...) says which zone")
    return value


def _interval(value: object, type: SqlType) -> object:
    if isinstance(value, timedelta):
        return Interval.from_timedelta(value)
    if isinstance(value, Interval):
        return value
    # what Arrow gives for month_day_nano
    if value.__class__.__name__ == "MonthDayNano":
        months, days, nanoseconds = cast("tuple[int, int, int]", value)
        if nanoseconds % 1000:
            raise Refused("PostgreSQL keeps microseconds, this has nanoseconds")
        return Interval(months, days, nanoseconds // 1000)
    raise _refuse(value, type, "use ctf.Interval or timedelta")


def _uuid(value: object, type: SqlType) -> object:
    if isinstance(value, UUID):
        return value
    if isinstance(value, str):
        try:
            return UUID(value)
        except ValueError:
            raise Refused("the text is no uuid") from None
    raise _refuse(value, type)


def _json(value: object, type: SqlType) -> object:
    if isinstance(value, str) and looks_like_json(value):
        raise Refused("the text is JSON already, and would be stored as one string: return the dict or list itself")
    return value


def _array(value: object, type: SqlType) -> object:
    element = type.element
    if not isinstance(value, list | tuple) or element is None:
        raise _refuse(value, type, "use a list")
    if element.family == "json":
        return [checked(item, element) for item in value]
    result = _elements(value, type)
    if shape(result) is None:
        raise Refused("the lists inside are of different lengths, which PostgreSQL's arrays can't be")
    return result


def _elements(values: list[object] | tuple[object, ...], type: SqlType) -> list[object]:
    element = cast(SqlType, type.element)
    return [
        # an interval is a kind of tuple too
        _elements(cast("list[object]", value), type) if value.__class__ in (list, tuple) else checked(value, element)
        for value in map(plain, values)
    ]  # fmt: skip


def _other(value: object, type: SqlType) -> object:
    if isinstance(value, str):
        return _text(value, type)
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return str(value)
    raise _refuse(value, type, "give it as text in PostgreSQL's notation")


_CHECKS: dict[str, Callable[[object, SqlType], object]] = {
    "bool": _bool,
    "int": _int,
    "float": _float,
    "numeric": _numeric,
    "text": _text,
    "bytes": _bytes,
    "date": _date,
    "time": _time,
    "timestamp": _timestamp,
    "timestamptz": _timestamptz,
    "interval": _interval,
    "uuid": _uuid,
    "json": _json,
    "array": _array,
    "other": _other,
}
