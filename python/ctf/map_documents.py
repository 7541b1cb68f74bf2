"""A person's function for each node of nested documents."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from .failures import wrong_return

# A document has no more than a thousand.
_MOST_LEVELS = 1200
# As in a schema_path: no two nodes share one.
_SPECIAL = re.compile(r'[\\."]')


def mapped(function: Callable[..., object], documents: Iterable[tuple[Any, ...]]) -> Iterator[tuple[object]]:
    """Rows of one document each, in their order."""
    for (document,) in documents:
        yield (map_document(function, document),)


def map_document(function: Callable[..., object], document: object) -> object:
    """The document with what `function(path, value)` gives in the place of each value, from the top down.

    First comes the document itself, with the path "", then what is in it: the members of an object at its path and their
    name, those of a list at the list's own path. What the function gives is walked on. Raises Failure where that has no end.

    >>> map_document(lambda path, value: value.strip() if isinstance(value, str) else value, {"a": [" x ", {"b": 1}]})
    {'a': ['x', {'b': 1}]}
    """
    whole: list[object] = [document]
    waiting: list[tuple[Any, Any, str, int]] = [(whole, 0, "", 0)]
    while waiting:
        holder, place, path, level = waiting.pop()
        value = function(path, holder[place])
        if level >= _MOST_LEVELS and isinstance(value, dict | list | tuple):
            raise _ever_deeper(function)
        # a copy: what the function gives stays its own
        if isinstance(value, dict):
            value = dict(value)
            waiting.extend((value, name, _below(path, str(name)), level + 1) for name in reversed(value))
        elif isinstance(value, list | tuple):
            value = list(value)
            waiting.extend((value, number, path, level + 1) for number in reversed(range(len(value))))
        holder[place] = value
    return whole[0]


def _ever_deeper(function: Callable[..., object]) -> Exception:
    name = getattr(function, "__name__", "the function")
    return wrong_return(
        f"what {name} gives has more than {_MOST_LEVELS:,} levels",
        "what it gives for a value, it is given in turn, member by member",
    )


def _below(path: str, name: str) -> str:
    name = _SPECIAL.sub(r"\\\g<0>", name)
    return f"{path}.{name}" if path else name
