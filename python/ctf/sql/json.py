"""JSON in columns: Python values in both directions, numbers without loss."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal


def read_json(text: str) -> object:
    """Dicts, lists, str, int, bool, None; a number with a fraction is a Decimal, as in a numeric column: 1.10 stays 1.10."""
    return json.loads(text, parse_float=Decimal)


def write_json(value: object) -> str:
    """Raises TypeError or ValueError for what JSON has no form for, NaN among it."""
    try:
        return json.dumps(value, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    except TypeError:
        return _write(value)


def looks_like_json(text: str) -> bool:
    """Whether a str is the text of a JSON object or list, which somebody made with json.dumps."""
    if text.lstrip()[:1] not in ("{", "["):
        return False
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _write(value: object) -> str:
    # Only values with a Decimal inside come here: json.dumps can't write one as a number.
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError("JSON has no NaN and no infinity")
        return str(value)
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{_key(key)}:{_write(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(_write, value)) + "]"
    return json.dumps(value, allow_nan=False, ensure_ascii=False)


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError("JSON's keys are text")
    return json.dumps(key, ensure_ascii=False)
