"""Which code is the user's, and where in it something happened."""

from __future__ import annotations

import linecache
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from types import CodeType, FrameType, TracebackType

_PACKAGE = str(Path(__file__).resolve().parent.parent)


class UserCode:
    """The project's files, without what is installed beside them."""

    def __init__(self, root: str, file: str) -> None:
        self._root = root.rstrip("/") + "/"
        self._file = file

    def owns(self, file: str) -> bool:
        if file == self._file:
            return True
        inside = file.startswith(self._root) and not file.startswith(_PACKAGE + "/")
        return inside and not ("/site-packages/" in file or "/dist-packages/" in file)

    def frames(self, traceback: TracebackType | None) -> list[dict[str, object]]:
        """The user's places from the call down to where it was raised."""
        places = []
        while traceback is not None:
            code = traceback.tb_frame.f_code
            if self.owns(code.co_filename):
                places.append(_place(code, traceback.tb_lineno, traceback.tb_lasti))
            traceback = traceback.tb_next
        return places

    def here(self) -> dict[str, object] | None:
        """Where the user's code is right now in this thread."""
        frame = self.frame()
        return None if frame is None else _place(frame.f_code, frame.f_lineno)

    def frame(self) -> FrameType | None:
        return next((frame for frame in _outwards(sys._getframe(1)) if self.owns(frame.f_code.co_filename)), None)


def _outwards(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


def _place(code: CodeType, line: int, instruction: int | None = None) -> dict[str, object]:
    place: dict[str, object] = {"file": code.co_filename, "line": line, "function": code.co_name}
    if instruction is not None and instruction >= 0:
        first, _, column, _ = next(islice(code.co_positions(), instruction // 2, None), (None,) * 4)
        if first is not None and column is not None:
            # positions count bytes, places characters
            before = linecache.getline(code.co_filename, first).encode()[:column]
            place["column"] = len(before.decode(errors="ignore")) + 1
    return place
