"""SQL of which a piece is chosen, pieces are replaced, and which is run on any connection."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .database import Database
from .errors import Place
from .patches import Patch, told
from .pieces import Piece
from .service import service


@dataclass(frozen=True)
class Replaced:
    """What was done for one patch."""

    # As text: ``cte(latest_plan)``.
    piece: str
    # Where each piece began that rows took the place of, in the text that was given.
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Rendering:
    """One text that was sent."""

    original: str
    text: str
    # One entry for each patch that was made, in their order.
    replaced: tuple[Replaced, ...]
    # From an offset in `text`, from 0, to the original: for the position of PostgreSQL's errors (which count from 1).
    to_original: Callable[[int], Place]


class Query:
    """Made by `sql()`."""

    def __init__(self, text: str, piece: Piece, patches: Sequence[Patch]) -> None:
        self._text = text
        self._piece = piece
        self._patches = patches
        self._renderings: list[Rendering] = []

    @property
    def renderings(self) -> Sequence[Rendering]:
        """What has been run so far."""
        return tuple(self._renderings)

    def render(self) -> str:
        """The SQL that the next run sends. Raises PieceProblem."""
        __tracebackhide__ = True
        return self._next().text

    def run(self, connection: Any) -> list[dict[str, Any]]:
        """Runs it, and gives the rows; of several statements, the last one's.

        `connection` is the fixture `ctf_database`, or a connection or cursor as psycopg and all others of Python's
        drivers have it. Raises PieceProblem, and what the connection raises.
        """
        __tracebackhide__ = True
        rendering = self._next()
        self._renderings.append(rendering)
        return rows_of(connection, rendering.text)

    def _next(self) -> Rendering:
        __tracebackhide__ = True
        return rendered(self._text, self._piece, told(self._patches, len(self._renderings)))


def rendered(text: str, piece: Piece, patches: Sequence[Mapping[str, Any]]) -> Rendering:
    """The chosen piece with its patches made. Raises PieceProblem."""
    __tracebackhide__ = True
    about = {"text": text, "piece": str(piece), "patches": patches}
    made = service().ask("render", **about)

    def to_original(offset: int) -> Place:
        place = service().ask("render", **about, offset=offset)["place"]
        return Place(place["line"], place["column"])

    replaced = tuple(
        Replaced(one["piece"], tuple(Place(at["line"], at["column"]) for at in one["places"]))
        for one in made["replaced"]
    )
    return Rendering(text, made["text"], replaced, to_original)


def rows_of(connection: Any, text: str) -> list[dict[str, Any]]:
    """What a statement gives on a connection, by column."""
    __tracebackhide__ = True
    if isinstance(connection, Database):
        return connection.query(text)
    cursor = connection if hasattr(connection, "fetchall") else connection.cursor()
    cursor.execute(text)
    _to_the_last_result(cursor)
    if cursor.description is None:
        return []
    names = [column[0] for column in cursor.description]
    return [dict(row) if isinstance(row, Mapping) else dict(zip(names, row)) for row in cursor.fetchall()]


def _to_the_last_result(cursor: Any) -> None:
    """Some drivers keep the results of all statements, others only the last one's and say that they can't go on."""
    try:
        while cursor.nextset():
            pass
    except Exception as error:
        if type(error).__name__ != "NotSupportedError":
            raise


def sql(text: str, *parts: Piece | Patch) -> Query:
    """SQL with one piece of it chosen (any number of selectors, each inside of what the one before found) and pieces
    replaced:

    >>> sql(text, cte("latest"), patch(table("raw.spans"), rows, columns))
    """
    steps = [str(part) for part in parts if isinstance(part, Piece)]
    return Query(text, Piece(".".join(steps)), [part for part in parts if isinstance(part, Patch)])


def sql_file(path: str | os.PathLike[str], *parts: Piece | Patch) -> Query:
    """The same for a file, in UTF-8."""
    return sql(Path(path).read_text("utf-8"), *parts)
