"""A row is a tuple or list by position, or a dict, named tuple or dataclass by name. The first row decides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple, cast

from ..failures import Failure, wrong_columns, wrong_return, wrong_value
from ..naming import type_name
from ..sql.types import Column


class Shape(NamedTuple):
    """How rows of one kind give their values, in the order of `columns`."""

    columns: tuple[str, ...]
    kind: str
    # The values of some rows, a tuple each; `first_row` is the number of the first.
    values: Callable[[Sequence[Any], int], Iterable[tuple[object, ...]]]


def shape_of(row: object, columns: Sequence[Column]) -> Shape:
    """The shape of rows like this one, for an output with these columns (none: as the rows have them)."""
    kind = _kind(row)
    if kind == "position":
        return _by_position(cast("Sequence[object]", row), columns)
    names = _names(row, kind)
    chosen = _chosen(names, columns)
    if not chosen:
        raise wrong_return("a row has no columns")
    if kind == "dict":
        return Shape(chosen, kind, _checking(kind, _dicts(names, chosen)))
    attributes = attrgetter(*chosen)
    get = attributes if len(chosen) > 1 else (lambda row: (attributes(row),))
    return Shape(chosen, kind, _checking(kind, lambda rows, first_row: map(get, rows)))


def match_columns(names: Sequence[str], columns: Sequence[Column], hint: str | None = None) -> tuple[str, ...]:
    """The declared columns among these names, in the declared order. Raises Failure for missing or unknown ones."""
    if not columns:
        return tuple(names)
    unknown = [name for name in names if name not in {column.name for column in columns}]
    missing = [column.name for column in columns if column.name not in names and not column.may_lack]
    if unknown or missing:
        raise wrong_columns(missing, unknown, hint)
    return tuple(column.name for column in columns if column.name in names)


def _kind_or_none(row: object) -> str | None:
    if isinstance(row, tuple | list):
        return "named tuple" if hasattr(row, "_fields") else "position"
    if isinstance(row, Mapping):
        return "dict"
    return "dataclass" if hasattr(row, "__dataclass_fields__") and not isinstance(row, type) else None


def _kind(row: object) -> str:
    kind = _kind_or_none(row)
    if kind is None:
        raise wrong_return(
            f"transform gave a {type_name(type(row))} where a row is expected",
            "a row is a tuple, a dict, a named tuple or a dataclass",
        )
    return kind


def _names(row: object, kind: str) -> tuple[str, ...]:
    if kind == "dict":
        return tuple(cast("Mapping[str, object]", row))
    if kind == "named tuple":
        return cast("tuple[str, ...]", row._fields)  # type: ignore[attr-defined]
    return tuple(row.__dataclass_fields__)  # type: ignore[attr-defined]


def _chosen(names: tuple[str, ...], columns: Sequence[Column]) -> tuple[str, ...]:
    strange = [name for name in names if not isinstance(name, str)]
    if strange:
        raise wrong_return("a row's keys are not all text", "use the names of the output's columns")
    return match_columns(names, columns)


def _by_position(row: Sequence[object], columns: Sequence[Column]) -> Shape:
    width = len(row)
    required = [column for column in columns if not column.may_lack]
    chosen = next((some for some in (columns, required) if len(some) == width), None)
    if not chosen:
        raise wrong_return(
            f"a row has {width} {'value' if width == 1 else 'values'}, the output {len(columns)} columns"
            if columns
            else "the rows have no names, and the output declares no columns",
            f"the columns are {', '.join(column.name for column in columns)}"
            if columns
            else "declare columns, or give dicts",
        )

    def values(rows: Sequence[Sequence[object]], first_row: int) -> Iterable[tuple[object, ...]]:
        if set(map(len, rows)) != {width}:
            index = next(index for index, row in enumerate(rows) if len(row) != width)
            raise wrong_return(f"row {first_row + index} has {len(rows[index])} values, those before have {width}")
        return cast("Iterable[tuple[object, ...]]", rows)

    return Shape(tuple(column.name for column in chosen), "position", _checking("position", values))


def _dicts(names: tuple[str, ...], chosen: tuple[str, ...]) -> Callable[..., Iterable[tuple[object, ...]]]:
    items = itemgetter(*chosen)
    get = items if len(chosen) > 1 else (lambda row: (items(row),))

    def values(rows: Sequence[Mapping[str, object]], first_row: int) -> Iterable[tuple[object, ...]]:
        if set(map(len, rows)) == {len(names)}:
            try:
                return list(map(get, rows))
            except KeyError:
                pass
        raise _other_keys(rows, names, first_row)

    return values


def _other_keys(rows: Sequence[Mapping[str, object]], names: Sequence[str], first_row: int) -> Failure:
    for index, row in enumerate(rows):
        for name in names:
            if name not in row:
                return wrong_value(
                    name, first_row + index, "the dict lacks this key; the first row has it. NULL is None"
                )
        for name in row:
            if name not in names:
                return wrong_value(str(name), first_row + index, "the first row lacks this key; every row has the same")
    raise AssertionError("every dict has the keys of the first")


def _checking(kind: str, values: Callable[..., Iterable[tuple[object, ...]]]) -> Callable[..., Any]:
    seen: set[type] = set()

    def checking(rows: Sequence[object], first_row: int) -> Iterable[tuple[object, ...]]:
        if not seen.issuperset(map(type, rows)):
            for index, row in enumerate(rows):
                other = _kind_or_none(row)
                if other != kind or (kind in ("named tuple", "dataclass") and seen and type(row) not in seen):
                    raise wrong_return(
                        f"row {first_row + index} is a {type_name(type(row))}, the rows before are not",
                        "give all rows in the same form",
                    )
                seen.add(type(row))
        return values(rows, first_row)

    return checking
