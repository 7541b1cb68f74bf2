"""Files as a transform reads them."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from io import BufferedReader
from typing import BinaryIO, TextIO


class File:
    """One file of an input, local or in S3: the same for the transform."""

    def __init__(self, name: str, size: int, open_stream: Callable[[], BufferedReader]) -> None:
        self._name = name
        self._size = size
        self._open_stream = open_stream

    @property
    def name(self) -> str:
        """Its path or address, as CTF found it."""
        return self._name

    @property
    def size(self) -> int:
        """In bytes, as it is stored."""
        return self._size

    def __repr__(self) -> str:
        return f"<ctf.File {self._name}>"

    def open(self) -> BinaryIO:
        """Its bytes, streamed from the beginning; ``.gz`` and ``.zst`` are unpacked. Only forward; ``io.BytesIO(file.open().read())`` can seek."""
        return self._open_stream()

    def text(self, encoding: str = "utf-8") -> TextIO:
        """Its text, streamed. Raises UnicodeDecodeError where it isn't in that encoding.

        >>> for line in file.text(): ...
        """
        return io.TextIOWrapper(self.open(), encoding=encoding)


class Files:
    """The files of an input, in order of their names.

    >>> def transform(claims: ctf.Files):
    ...     for file in claims:
    ...         for line in file.text():
    ...             yield parse(line)
    """

    def __init__(self, name: str, files: Sequence[File]) -> None:
        self._name = name
        self._files = files

    @property
    def name(self) -> str:
        """The input's name, which is the parameter's."""
        return self._name

    def __iter__(self) -> Iterator[File]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)

    def __repr__(self) -> str:
        return f"<ctf.Files {self._name}: {len(self._files)}>"
