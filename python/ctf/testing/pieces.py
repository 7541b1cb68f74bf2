"""Builders of selectors. Names are written as in SQL: ``cte("latest")``, ``table('raw."Claims"')``."""

from __future__ import annotations


class Piece:
    """A piece of SQL, found step by step: each looks inside of what the one before found.

    >>> cte("latest").table("raw.claims")[1]
    cte(latest).table(raw.claims)[1]
    """

    def __init__(self, selector: str = "") -> None:
        self._selector = selector

    def __str__(self) -> str:
        """As it is written in YAML."""
        return self._selector

    __repr__ = __str__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Piece) and str(other) == str(self)

    def __hash__(self) -> int:
        return hash(self._selector)

    def statement(self, start: int, end: int | None = None) -> Piece:
        """Statement `start`, counted from 0; with `end`, those from `start` to before `end`."""
        return self._and(f"statement({start}{'' if end is None else f', {end}'})")

    def cte(self, name: str) -> Piece:
        """The query of a WITH."""
        return self._and(f"cte({name})")

    def subquery(self, alias: str | int = "") -> Piece:
        """By its alias, or the nth of all subqueries, counted from 0; without either, every subquery."""
        return self._and(f"subquery({alias})")

    def table(self, name: str, alias: str | None = None) -> Piece:
        """Where a table or view is read; under one alias only, if that is given."""
        return self._and(f"table({name}{'' if alias is None else f', {alias}'})")

    def insert_into(self, table: str) -> Piece:
        """The INSERT into that table."""
        return self._and(f"insert_into({table})")

    def create_table_as(self, table: str) -> Piece:
        """The CREATE TABLE … AS of that table."""
        return self._and(f"create_table_as({table})")

    def body(self) -> Piece:
        """The query of an INSERT or a CREATE TABLE AS."""
        return self._and("body()")

    def __getitem__(self, index: int | slice) -> Piece:
        """Of several matches the one at `index`, counted from 0; with a slice, those from `start` to before `stop`."""
        if isinstance(index, int) and index >= 0:
            return Piece(f"{self._selector}[{index}]")
        if isinstance(index, slice) and index.step is None and index.stop is not None:
            return Piece(f"{self._selector}[{index.start or 0}:{index.stop}]")
        raise IndexError("matches are counted from 0: [1], or [0:2]")

    def _and(self, step: str) -> Piece:
        return Piece(f"{self._selector}.{step}" if self._selector else step)


_WHOLE = Piece()


def piece(selector: str) -> Piece:
    """A piece by its selector as text: ``cte(latest).table(raw.claims)[1]``."""
    return Piece(selector)


statement = _WHOLE.statement
cte = _WHOLE.cte
subquery = _WHOLE.subquery
table = _WHOLE.table
insert_into = _WHOLE.insert_into
create_table_as = _WHOLE.create_table_as
body = _WHOLE.body
