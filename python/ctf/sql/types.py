"""What PostgreSQL calls a type, sorted into the families that Python treats alike."""

from __future__ import annotations

import re
from typing import NamedTuple

_BITS = {"smallint": 16, "integer": 32, "bigint": 64}
_SIMPLE = {
    "boolean": "bool",
    "real": "float",
    "double precision": "float",
    "numeric": "numeric",
    "text": "text",
    "character varying": "text",
    "character": "text",
    "name": "text",
    "citext": "text",
    '"char"': "text",
    "bytea": "bytes",
    "date": "date",
    "time without time zone": "time",
    "timestamp without time zone": "timestamp",
    "timestamp with time zone": "timestamptz",
    "uuid": "uuid",
    "json": "json",
    "jsonb": "json",
}
_MODIFIERS = re.compile(r"\((-?\d+)(?:,(-?\d+))?\)")


class SqlType(NamedTuple):
    """A type as format_type() writes it, and what of it matters here."""

    text: str
    # bool, int, float, numeric, text, bytes, date, time, timestamp, timestamptz, interval, uuid, json, array,
    # or other: everything that is read and written as PostgreSQL's own text.
    family: str
    # Of int and float.
    bits: int = 64
    # Of numeric. None where it was declared without.
    precision: int | None = None
    scale: int = 0
    # Of character types.
    length: int | None = None
    # Of an array.
    element: SqlType | None = None


def sql_type(text: str, typtype: str = "b") -> SqlType:
    """The type that format_type() writes as `text`. For a domain give the type beneath it."""
    if text.endswith("[]"):
        return SqlType(text, "array", element=sql_type(text[:-2]))
    if typtype not in ("b", "d"):
        return SqlType(text, "other")
    if text.startswith("interval"):
        return SqlType(text, "interval")
    match = _MODIFIERS.search(text)
    name = _MODIFIERS.sub("", text)
    if name in _BITS:
        return SqlType(text, "int", bits=_BITS[name])
    family = _SIMPLE.get(name, "other")
    if family == "float":
        return SqlType(text, family, bits=32 if name == "real" else 64)
    if family == "numeric" and match is not None:
        return SqlType(text, family, precision=int(match[1]), scale=int(match[2] or 0))
    if family == "text" and match is not None:
        return SqlType(text, family, length=int(match[1]))
    return SqlType(text, family)


class Column(NamedTuple):
    """A column of an input or of the output."""

    name: str
    type: SqlType
    not_null: bool = False
    # Of an output: PostgreSQL fills it in when the rows don't have it.
    may_lack: bool = False
