"""What the user's code prints goes to CTF as events, also what C code and subprocesses write."""

from __future__ import annotations

import io
import os
import select
import sys
from collections.abc import Callable
from threading import Lock, Thread
from typing import BinaryIO

# A longer line goes in pieces.
_LONGEST = 1 << 16

Emit = Callable[[str, str, bool], None]


class Prints:
    """Takes over sys.stdout, sys.stderr and the file descriptors under them.

    `emit` gets the stream's name, a line, and whether Python code of this thread printed it.
    """

    def __init__(self, emit: Emit) -> None:
        self._python = [_PythonStream(name, fd, emit) for name, fd in (("stdout", 1), ("stderr", 2))]
        self._pipes = [_Pipe(name, fd, emit) for name, fd in (("stdout", 1), ("stderr", 2))]
        sys.stdout, sys.stderr = self._python
        Thread(target=self._pump, daemon=True).start()

    def flush(self) -> None:
        """Sends what was printed until now, also a line that has no end yet."""
        for stream in self._python:
            stream.finish()
        for pipe in self._pipes:
            pipe.drain(finish=True)

    def _pump(self) -> None:
        poll = select.poll()
        pipes = {pipe.fd: pipe for pipe in self._pipes}
        for fd in pipes:
            poll.register(fd, select.POLLIN)
        while True:
            for fd, _ in poll.poll():
                pipes[fd].drain()


class _PythonStream(io.TextIOBase):
    def __init__(self, name: str, fd: int, emit: Emit) -> None:
        self._name = name
        self._fd = fd
        self._emit = emit
        self._line = ""
        self._lock = Lock()
        self.buffer: BinaryIO = open(fd, "wb", buffering=0, closefd=False)

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return "utf-8"

    def fileno(self) -> int:
        return self._fd

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        with self._lock:
            *lines, self._line = (self._line + text).split("\n")
            if len(self._line) > _LONGEST:
                lines.append(self._line)
                self._line = ""
        for line in lines:
            self._emit(self._name, line, True)
        return len(text)

    def finish(self) -> None:
        with self._lock:
            line, self._line = self._line, ""
        if line:
            self._emit(self._name, line, False)


class _Pipe:
    def __init__(self, name: str, fd: int, emit: Emit) -> None:
        self._name = name
        self._emit = emit
        self._rest = b""
        self._lock = Lock()
        self.fd, written = os.pipe()
        os.set_blocking(self.fd, False)
        os.dup2(written, fd)
        os.close(written)

    def drain(self, finish: bool = False) -> None:
        with self._lock:
            while True:
                try:
                    data = os.read(self.fd, _LONGEST)
                except BlockingIOError:
                    break
                *lines, self._rest = (self._rest + data).split(b"\n")
                if len(self._rest) > _LONGEST:
                    lines.append(self._rest)
                    self._rest = b""
                for line in lines:
                    self._emit(self._name, line.decode(errors="replace"), False)
            if finish and self._rest:
                line, self._rest = self._rest, b""
                self._emit(self._name, line.decode(errors="replace"), False)
