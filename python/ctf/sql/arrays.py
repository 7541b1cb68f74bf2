"""PostgreSQL's array literals: `{1,NULL,"a b"}`, nested, with or without bounds."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

_TOKEN = re.compile(r'([{}])|"((?:[^"\\]|\\.)*)"|([^{},;"]+)', re.DOTALL)
# boxes hold commas, so PostgreSQL puts a semicolon between them
_BOX_TOKEN = re.compile(r'([{}])|"((?:[^"\\]|\\.)*)"|([^{};"]+)', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def read_array(text: str, element: Callable[[str], object], box: bool = False) -> list[object]:
    """Lists of elements, NULL as None. The bounds of an array that doesn't begin at 1 are left out."""
    if text.startswith("["):
        text = text[text.index("=") + 1 :]
    outer: list[object] = []
    open_lists = [outer]
    for brace, quoted, plain in (_BOX_TOKEN if box else _TOKEN).findall(text):
        if brace == "{":
            inner: list[object] = []
            open_lists[-1].append(inner)
            open_lists.append(inner)
        elif brace == "}":
            open_lists.pop()
        elif plain:
            open_lists[-1].append(None if plain == "NULL" else element(plain))
        else:
            open_lists[-1].append(element(_ESCAPED.sub(r"\1", quoted)))
    result = outer[0]
    assert isinstance(result, list)
    return result


def write_array(values: Sequence[object], element: Callable[[object], str], box: bool = False) -> str:
    """The literal of (nested) lists. Every element is quoted, so none can be taken for NULL or a brace."""
    return "{" + (";" if box else ",").join(_item(value, element, box) for value in values) + "}"


def _item(value: object, element: Callable[[object], str], box: bool) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, list):
        return write_array(value, element, box)
    return '"' + element(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


def shape(values: Sequence[object]) -> tuple[int, ...] | None:
    """The lengths of nested lists by depth; None where they are ragged, which PostgreSQL does not store."""
    inner = [value for value in values if isinstance(value, list)]
    if not inner:
        return (len(values),)
    shapes = {shape(value) for value in inner}
    only = shapes.pop()
    if len(inner) < len(values) or shapes or only is None:
        return None
    return (len(values), *only)
