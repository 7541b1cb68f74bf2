"""From PostgreSQL's text to Python's value, by type."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID

from ..interval import Interval
from .arrays import read_array
from .json import read_json
from .types import SqlType

_BOOL = {"t": True, "f": False, "true": True, "false": False}

_READERS: dict[str, Callable[[str], object]] = {
    # a dict's own lookup: the fastest that there is
    "bool": _BOOL.__getitem__,
    "int": int,
    "float": float,
    "numeric": Decimal,
    "bytes": lambda text: bytes.fromhex(text[2:]),
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "timestamp": datetime.fromisoformat,
    "timestamptz": datetime.fromisoformat,
    "interval": Interval.parse,
    "uuid": UUID,
    "json": read_json,
}

_UNREADABLE = {
    "date": "Python's dates go from year 1 to 9999, without infinity",
    "timestamp": "Python's timestamps go from year 1 to 9999, without infinity",
    "timestamptz": "Python's timestamps go from year 1 to 9999, without infinity",
    "time": "Python has no time 24:00",
    "interval": "an infinite interval has no form in Python",
}


def reader(type: SqlType) -> Callable[[str], object] | None:
    """What turns a text of this type into Python's value; None where the text is the value.

    The reader raises ValueError for the few values that Python has no form for.
    """
    if type.family == "array" and type.element is not None:
        element = reader(type.element) or str
        box = type.element.text == "box"
        return lambda text: read_array(text, element, box)
    return _READERS.get(type.family)


def unreadable(type: SqlType) -> str:
    """Why a text of this type can't be read, in words without the value."""
    inner = type.element if type.element is not None else type
    why = _UNREADABLE.get(inner.family, f"it can't be read as {type.text}")
    return f"{why}; a SQL transform before this one can make it text or NULL"
