"""From a checked value to PostgreSQL's text, by type."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from typing import cast

from ..failures import Refused
from ..interval import Interval
from .arrays import write_array
from .json import write_json
from .types import SqlType

_WRITERS: dict[str, Callable[..., str]] = {
    "bool": {True: "t", False: "f"}.__getitem__,
    "int": str,
    "float": repr,
    "numeric": str,
    "text": str,
    "bytes": lambda value: "\\x" + value.hex(),
    "date": date.isoformat,
    "time": time.isoformat,
    "timestamp": datetime.isoformat,
    "timestamptz": datetime.isoformat,
    "interval": Interval.iso,
    "uuid": str,
    "other": str,
}


def writer(type: SqlType) -> Callable[..., str]:
    """What turns a checked value of this type into PostgreSQL's text; Refused for what JSON has no form for."""
    if type.family == "json":
        return _json
    if type.family == "array" and type.element is not None:
        element = writer(type.element)
        box = type.element.text == "box"
        # a list inside a json[] is a JSON list, not a dimension
        if type.element.family == "json":
            return lambda values: write_array([v if v is None else _json(v) for v in values], str)
        return lambda values: write_array(cast("list[object]", values), element, box)
    return _WRITERS[type.family]


def _json(value: object) -> str:
    try:
        text = write_json(value)
        if not text.isascii():
            text.encode()  # half of a surrogate pair is no character
        return text
    except (TypeError, ValueError, RecursionError):
        raise Refused(
            "something inside has no form in JSON: text, numbers, True, False, None, lists, dicts do"
        ) from None
