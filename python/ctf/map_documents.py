"""A person's function for each node of nested documents."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

# As in a schema_path: no two nodes share one.
_SPECIAL = re.compile(r'[\\."]')


def mapped(function: Callable[..., object], documents: Iterable[tuple[Any, ...]]) -> Iterator[tuple[object]]:
    """Rows of one document each, in their order."""
    for (document,) in documents:
        yield (map_document(function, document),)


def map_document(function: Callable[..., object], document: object) -> object:
    """The document with what `function(path, value)` gives in the place of each value, from the top down.

    First comes the document itself, with the path "", then what is in it: the members of an object at its path and their
    name, those of a list at the list's own path. What the function gives is walked on.

    >>> map_document(lambda path, value: value.strip() if isinstance(value, str) else value, {"a": [" x ", {"b": 1}]})
    {'a': ['x', {'b': 1}]}
    """
    whole: list[object] = [document]
    waiting: list[tuple[Any, Any, str]] = [(whole, 0, "")]
    while waiting:
        holder, place, path = waiting.pop()
        value = function(path, holder[place])
        # a copy: what the function gives stays its own
        if isinstance(value, dict):
            value = dict(value)
            waiting.extend((value, name, _below(path, str(name))) for name in reversed(value))
        elif isinstance(value, list | tuple):
            value = list(value)
            waiting.extend((value, number, path) for number in reversed(range(len(value))))
        holder[place] = value
    return whole[0]


def _below(path: str, name: str) -> str:
    name = _SPECIAL.sub(r"\\\g<0>", name)
    return f"{path}.{name}" if path else name
