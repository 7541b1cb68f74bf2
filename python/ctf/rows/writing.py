"""From rows to the text of COPY."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any, cast

from ..failures import Refused, wrong_value
from ..sql.check import checked, int_range, limit
from ..sql.types import Column, SqlType
from ..sql.write import writer

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
# The others are written with letters, digits and punctuation that COPY has no use for.
_MAY_NEED_ESCAPES = {"text", "bytes", "json", "array", "other"}


class ColumnWriter:
    """Turns a column's values into PostgreSQL's text: by the whole column where all are of the type that
    the column is made for, one by one where not. Raises Failure with the column and the row."""

    def __init__(self, column: Column) -> None:
        self.column = column
        self._text = writer(column.type)
        self._exact = _EXACT.get(column.type.family)
        self._escape = column.type.family in _MAY_NEED_ESCAPES

    def copy_texts(self, values: Sequence[object], first_row: int) -> list[str]:
        """For COPY in text format, NULL as \\N."""
        texts = self.texts(values, first_row)
        null = None in texts
        if self._escape and _special("".join(text for text in texts if text) if null else "".join(texts)):  # type: ignore[arg-type]
            return [r"\N" if text is None else text.translate(_ESCAPES) if _special(text) else text for text in texts]
        return [r"\N" if text is None else text for text in texts] if null else cast("list[str]", texts)

    def texts(self, values: Sequence[object], first_row: int) -> list[str | None]:
        """As PostgreSQL reads them, None for NULL."""
        kinds = set(map(type, values))
        null = type(None) in kinds
        if null and self.column.not_null:
            raise wrong_value(self.column.name, first_row + _position_of_none(values), "NULL in a not_null column")
        kinds.discard(type(None))
        present = [value for value in values if value is not None] if null else values
        if self._exact is not None and (not kinds or kinds == {self._exact.type}):
            if not present or self._exact.fits(present, self.column.type):
                text = self._text
                if text is str and self._exact.type is str:
                    return list(values)  # type: ignore[arg-type]
                return [None if value is None else text(value) for value in values] if null else list(map(text, values))
        return [self._one(value, first_row + index) for index, value in enumerate(values)]

    def checked(self, value: object, row: int) -> object:
        """The value in the form that is written, None for NULL."""
        try:
            result = checked(value, self.column.type)
        except Refused as refused:
            raise wrong_value(self.column.name, row, str(refused)) from None
        if result is None and self.column.not_null:
            raise wrong_value(self.column.name, row, "NULL in a not_null column")
        return result

    def _one(self, value: object, row: int) -> str | None:
        result = self.checked(value, row)
        try:
            return None if result is None else self._text(result)
        except Refused as refused:
            raise wrong_value(self.column.name, row, str(refused)) from None


def _special(text: str) -> bool:
    return "\\" in text or "\n" in text or "\t" in text or "\r" in text


def _position_of_none(values: Sequence[object]) -> int:
    return next(index for index, value in enumerate(values) if value is None)


class _Exact:
    """The one type whose values need no look one by one, if `fits` says so of all of them together."""

    def __init__(self, type: type, fits: Callable[[Sequence[Any], SqlType], bool]) -> None:
        self.type = type
        self.fits = fits


def _ints_fit(values: Sequence[int], type: SqlType) -> bool:
    low, high = int_range(type.bits)
    return low <= min(values) and max(values) <= high


def _decimals_fit(values: Sequence[Decimal], type: SqlType) -> bool:
    too_large = limit(type)
    # NaN can't be compared
    return all(map(Decimal.is_finite, values)) and (
        too_large is None or (max(values) < too_large and min(values) > -too_large)
    )


def _texts_fit(values: Sequence[str], type: SqlType) -> bool:
    if type.length is not None and max(map(len, values)) > type.length:
        return False
    together = "".join(values)
    if together.isascii():
        return "\0" not in together
    try:
        return b"\0" not in together.encode()
    except UnicodeEncodeError:
        return False


def _always(values: Sequence[object], type: SqlType) -> bool:
    return True


def _naive(values: Sequence[datetime], type: SqlType) -> bool:
    return set(map(attrgetter("tzinfo"), values)) == {None}


_EXACT = {
    "bool": _Exact(bool, _always),
    "int": _Exact(int, _ints_fit),
    "float": _Exact(float, _always),
    "numeric": _Exact(Decimal, _decimals_fit),
    "text": _Exact(str, _texts_fit),
    "bytes": _Exact(bytes, _always),
    "date": _Exact(date, _always),
    "timestamp": _Exact(datetime, _naive),
}
