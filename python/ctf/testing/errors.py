"""What can be wrong, as exceptions. A test's rows are its author's own, so messages may quote them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple


class Place(NamedTuple):
    """In a text, both from 1."""

    line: int
    column: int


class Candidate(NamedTuple):
    """A piece that could have been meant."""

    # A selector that finds it: ``cte(latest).table(raw.claims)[1]``
    piece: str
    place: Place


class PieceProblem(Exception):
    """A piece of SQL can't be had as it was asked for. Each kind is a class of its own."""

    kind = ""

    def __init__(self, message: str, candidates: Sequence[Candidate] = (), place: Place | None = None) -> None:
        super().__init__(message)
        self.message = message
        # The pieces that could have been meant.
        self.candidates = tuple(candidates)
        # Of a syntax error, in the SQL that was given.
        self.place = place


class SqlSyntax(PieceProblem):
    """The SQL is not PostgreSQL's."""

    kind = "syntax"


class BadSelector(PieceProblem):
    """A selector can't be read."""

    kind = "bad_selector"


class NoMatch(PieceProblem):
    """Nothing is there; `candidates` says what is."""

    kind = "no_match"


class SeveralMatches(PieceProblem):
    """One piece is wanted, and there are more: ``[n]`` chooses."""

    kind = "several_matches"


class NestedMatch(PieceProblem):
    """One match stands inside of another: ``[n]`` chooses."""

    kind = "nested_match"


class Overlap(PieceProblem):
    """Two patches are for one piece, or for one inside of another."""

    kind = "overlap"


class CannotReplace(PieceProblem):
    """Rows can't stand there: the target of an UPDATE, TABLESAMPLE, COPY."""

    kind = "cannot_replace"


class CannotRun(PieceProblem):
    """It is no query, or it reads a table of the query around it."""

    kind = "cannot_run"


class ColumnsNeeded(PieceProblem):
    """The names of the columns are read, and nobody gives them; or a type is none."""

    kind = "columns_needed"


class RowMismatch(PieceProblem):
    """A row is longer or shorter than its columns, or names another."""

    kind = "row_mismatch"


class UnwritableValue(PieceProblem):
    """A value can't be written as SQL."""

    kind = "unwritable_value"


class SideEffectsExhausted(PieceProblem):
    """One run more than there are rows for."""

    kind = "side_effects_exhausted"


_BY_KIND: dict[str, type[PieceProblem]] = {kind.kind: kind for kind in PieceProblem.__subclasses__()}


class Diagnostic(NamedTuple):
    """A problem as `ctf run` and `ctf check` tell it."""

    # CTF512
    code: str
    message: str
    # From the project's root; of a value that a test gave, the words for where it stands.
    file: str | None = None
    place: Place | None = None
    hint: str | None = None
    # The words of PostgreSQL or Python themselves.
    words: str | None = None

    def __str__(self) -> str:
        where = self.file or ""
        if self.file is not None and self.place is not None:
            where = f"{self.file}:{self.place.line}:{self.place.column}"
        first = " ".join(part for part in (where, self.code, self.message) if part)
        return "\n".join((first, *(f"  {more}" for more in (self.words, self.hint) if more)))


class TransformRefused(Exception):
    """What was asked for can't be done: a run refuses the transform, or the test's own rows or names are wrong."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__("\n".join(map(str, diagnostics)))
        self.diagnostics = tuple(diagnostics)

    @property
    def codes(self) -> tuple[str, ...]:
        """``("CTF512",)``"""
        return tuple(diagnostic.code for diagnostic in self.diagnostics)


class StatementRefused(Exception):
    """PostgreSQL refuses a statement of the test's own."""

    def __init__(self, message: str, sqlstate: str, position: int | None) -> None:
        super().__init__(message)
        # ``23505``
        self.sqlstate = sqlstate
        # In the statement's characters, from 1.
        self.position = position


class ServiceProblem(Exception):
    """CTF can't be started, is of another version, or has a fault."""


def place_of(told: Mapping[str, Any] | None) -> Place | None:
    return None if told is None or told.get("line") is None else Place(told["line"], told["column"])


def problem_of(told: Mapping[str, Any]) -> Exception:
    """The exception for a problem of the protocol."""
    match told["type"]:
        case "piece":
            candidates = [Candidate(one["piece"], Place(one["line"], one["column"])) for one in told["candidates"]]
            return _BY_KIND[told["kind"]](told["message"], candidates, place_of(told.get("place")))
        case "diagnostics":
            return TransformRefused([
                Diagnostic(
                    one["code"], one["message"], one.get("file"), place_of(one), one.get("hint"), one.get("words")
                )
                for one in told["diagnostics"]
            ])  # fmt: skip
        case "database":
            return StatementRefused(told["message"], told["sqlstate"], told.get("position"))
        case _:
            return ServiceProblem(f"this is a fault of CTF's own: {told['message']}")
