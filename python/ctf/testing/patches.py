"""What pieces are replaced by, for one run or in turns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .errors import SideEffectsExhausted, UnwritableValue
from .pieces import Piece
from .values import Unwritable, piece_value

# Values in the order of the columns, or by column; a column that is left out is NULL.
Row = Sequence[object] | Mapping[str, object]


@dataclass(frozen=True)
class Data:
    """Rows, with columns of their own where `columns` is given: ``"plan"``, or with its type ``"plan::text"``."""

    rows: Sequence[Row]
    columns: Sequence[str] | None = None


def data(rows: Sequence[Row], columns: Sequence[str] | None = None) -> Data:
    """Rows with columns of their own, for `side_effect`."""
    return Data(rows, columns)


@dataclass(frozen=True)
class Patch:
    """Made by `patch()`."""

    piece: Piece
    # One for each run; None leaves the piece as it is for that run.
    turns: Sequence[Data | None]
    # Every run takes the one turn.
    lasts: bool


def patch(
    target: Piece | str,
    rows: Sequence[Row] | Data | None = None,
    columns: Sequence[str] | None = None,
    *,
    side_effect: Sequence[Sequence[Row] | Data | None] | None = None,
) -> Patch:
    """Every match of the piece gives way to rows. The piece may be given as text: ``"cte(latest).table(claims)"``.

    With `side_effect` the first run takes the first rows, the second the next; None leaves the piece alone for that run.
    """
    if (rows is None) == (side_effect is None):
        raise TypeError("patch takes rows, or side_effect with rows for each run")
    found = Piece(target) if isinstance(target, str) else target

    def turn(given: Sequence[Row] | Data) -> Data:
        return given if isinstance(given, Data) else Data(given, columns)

    if rows is not None:
        return Patch(found, (turn(rows),), True)
    return Patch(found, tuple(one if one is None else turn(one) for one in side_effect or ()), False)


def told(patches: Sequence[Patch], run: int) -> list[dict[str, Any]]:
    """The patches of a run, counted from 0, for the protocol."""
    made = []
    for one in patches:
        if not one.lasts and run >= len(one.turns):
            raise SideEffectsExhausted(f"this is run {run + 1}, and there are rows for {len(one.turns)}")
        turn = one.turns[0 if one.lasts else run]
        if turn is not None:
            made.append(_told(one.piece, turn))
    return made


def _told(piece: Piece, turn: Data) -> dict[str, Any]:
    names = [column.partition("::") for column in turn.columns or ()]
    types = [type.strip() or None for _, _, type in names]
    by_name = dict(zip((name.strip() for name, _, _ in names), types))
    rows: list[object] = []
    for number, row in enumerate(turn.rows, 1):
        if isinstance(row, Mapping):
            rows.append({key: _value(item, by_name.get(key), piece, number, key) for key, item in row.items()})
        elif isinstance(row, str | bytes) or not isinstance(row, Sequence):
            raise TypeError("a row is a list or tuple in the order of the columns, or a dict by column")
        else:
            padded = (*types, *(None for _ in row[len(types) :]))
            rows.append([
                _value(item, type, piece, number, index + 1)
                for index, (item, type) in enumerate(zip(row, padded))
            ])  # fmt: skip
    columns = {} if turn.columns is None else {"columns": list(turn.columns)}
    return {"piece": str(piece), "rows": rows, **columns}


def _value(value: object, type: str | None, piece: Piece, row: int, column: str | int) -> object:
    try:
        return piece_value(value, type)
    except Unwritable as error:
        named = f'"{column}"' if isinstance(column, str) else f"value {column}"
        message = f"{piece}: {named} of row {row} can't be written as SQL: {error}"
        raise UnwritableValue(message) from None
