"""A connection whose queries are patched on their way, for code that sends its own."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any

from .patches import Patch, told
from .pieces import Piece
from .queries import Rendering, rendered

_WHOLE = Piece()
# psycopg's placeholders, and the sign itself, which it wants doubled.
_PLACEHOLDER = re.compile(r"%(?:%|[sbt]|\((?:[^()]+)\)[sbt])")


def mock(connection: Any, *patches: Patch) -> Mocked:
    """The same connection, with every query patched before it is sent.

    A query that a patch finds nothing in is an error; with `side_effect`, None lets one pass as it is. `renderings` holds
    what was sent, in order. Connections and cursors as psycopg has them are understood, with their ``%s`` and
    ``%(name)s``.
    """
    return Mocked(connection, patches, [])


class Mocked:
    """A connection, or a cursor of one."""

    def __init__(self, inner: Any, patches: Sequence[Patch], renderings: list[Rendering]) -> None:
        self._inner = inner
        self._patches = patches
        self._renderings = renderings

    @property
    def renderings(self) -> Sequence[Rendering]:
        return tuple(self._renderings)

    def cursor(self, *args: Any, **options: Any) -> Mocked:
        return Mocked(self._inner.cursor(*args, **options), self._patches, self._renderings)

    def execute(self, query: Any, params: Any = None, *args: Any, **options: Any) -> Any:
        text, params = self._patched(_text(query, self._inner), params)
        answer = (
            self._inner.execute(text, params, *args, **options) if params is not None else self._sent(text, options)
        )
        return self if answer is self._inner else answer

    def _sent(self, text: str, options: Mapping[str, Any]) -> Any:
        return self._inner.execute(text, **options)

    def executemany(self, query: Any, params_seq: Sequence[Any], *args: Any, **options: Any) -> Any:
        raise NotImplementedError("executemany sends rows, so there is nothing in it that rows could stand in for")

    def _patched(self, query: str, params: Any) -> tuple[str, Any]:
        turns = told(self._patches, len(self._renderings))
        if params is None:
            rendering = rendered(query, _WHOLE, turns)
            self._renderings.append(rendering)
            return rendering.text, None
        plain, placeholders = _numbered(query, json.dumps(turns))
        rendering = rendered(plain, _WHOLE, turns)
        self._renderings.append(rendering)
        return _restored(rendering.text, placeholders, params)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def __enter__(self) -> Mocked:
        self._inner.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> Any:
        return self._inner.__exit__(kind, error, traceback)

    def __iter__(self) -> Any:
        return iter(self._inner)


def _text(query: Any, inner: Any) -> str:
    """psycopg also takes bytes and texts that it puts together itself."""
    if isinstance(query, bytes):
        return query.decode()
    return str(query.as_string(inner)) if hasattr(query, "as_string") else str(query)


def _numbered(query: str, others: str) -> tuple[str, dict[str, str]]:
    """The query with PostgreSQL's own placeholders, of numbers that stand nowhere else, and which is which."""
    first = 90_000
    while f"${first}" in query or f"${first}" in others:
        first += 1_000
    placeholders: dict[str, str] = {}

    def numbered(match: re.Match[str]) -> str:
        if match[0] == "%%":
            return "%"
        name = f"${first}{len(placeholders):04d}"
        placeholders[name] = match[0]
        return name

    return _PLACEHOLDER.sub(numbered, query), placeholders


def _restored(text: str, placeholders: Mapping[str, str], params: Any) -> tuple[str, Any]:
    """The driver's placeholders again. Values of those that were replaced with their piece are left out."""
    if not placeholders:
        return text.replace("%", "%%"), params
    names = re.compile("|".join(map(re.escape, placeholders)))
    left = set(names.findall(text))
    restored = names.sub(lambda match: placeholders[match[0]], text.replace("%", "%%"))
    if isinstance(params, Mapping):
        return restored, params
    return restored, [value for name, value in zip(placeholders, params, strict=True) if name in left]
