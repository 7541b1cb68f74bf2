"""From the text of COPY to rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import BinaryIO

from ..failures import Failure, unreadable_value
from ..sql.read import reader, unreadable
from ..sql.types import Column

_BLOCK = 1 << 18
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_NAMED = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
# What a reader raises for a text that it can't read.
_UNREADABLE = (ValueError, ArithmeticError, LookupError)


def read_rows(stream: BinaryIO, columns: Sequence[Column], parameter: str) -> Iterator[Iterable[tuple[object, ...]]]:
    """The rows of a COPY in text format, some at a time. Raises Failure for a value that Python has no form for."""
    decoders = [_ColumnReader(column, parameter) for column in columns]
    width = len(columns)
    row = 1
    for block in _whole_lines(stream):
        lines = block.count("\n")
        if width == 0:
            yield [()] * lines
            continue
        # tabs and newlines inside values are escaped, so every one is a border
        fields = block[:-1].replace("\n", "\t").split("\t")
        escapes = "\\" in block
        yield zip(*(decode.values(fields[i::width], escapes, row) for i, decode in enumerate(decoders)), strict=True)
        row += lines


def _whole_lines(stream: BinaryIO) -> Iterator[str]:
    # pieces of a long line are put together once, not at every read
    pieces: list[bytes] = []
    while data := stream.read(_BLOCK):
        end = data.rfind(b"\n") + 1
        if end == 0:
            pieces.append(data)
            continue
        yield b"".join((*pieces, data[:end])).decode()
        pieces = [data[end:]]
    if rest := b"".join(pieces):
        yield rest.decode() + "\n"


class _ColumnReader:
    def __init__(self, column: Column, parameter: str) -> None:
        self._column = column
        self._parameter = parameter
        self._read: Callable[[str], object] | None = reader(column.type)

    def values(self, texts: list[str], escapes: bool, first_row: int) -> Sequence[object]:
        unescaped: Sequence[str | None] = texts
        if escapes and any("\\" in text for text in texts):
            unescaped = [None if text == "\\N" else _unescaped(text) if "\\" in text else text for text in texts]
        if self._read is None:
            return unescaped
        try:
            if unescaped is texts:
                return list(map(self._read, texts))
            return [None if text is None else self._read(text) for text in unescaped]
        except _UNREADABLE:
            raise self._failure(unescaped, first_row) from None

    def _failure(self, texts: Sequence[str | None], first_row: int) -> Failure:
        for index, text in enumerate(texts):
            try:
                if text is not None and self._read is not None:
                    self._read(text)
            except _UNREADABLE:
                why = unreadable(self._column.type)
                return unreadable_value(self._parameter, self._column.name, first_row + index, why)
        raise AssertionError("every text of this block can be read by itself")


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda match: _NAMED.get(match[1], match[1]), text)
