"""The sockets between CTF and a worker."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
from collections.abc import Mapping
from contextlib import suppress
from io import BufferedReader
from threading import Lock
from typing import Any, cast


class Connection:
    """Commands and events, a line of JSON each."""

    def __init__(self, path: str) -> None:
        self._path = path
        try:
            self._socket = _connect(path)
        except ConnectionRefusedError:
            # CTF was killed while Python started
            self._clear_up()
            raise
        self._commands = self._socket.makefile("rb")
        # prints of other threads come in between
        self._lock = Lock()

    def receive(self) -> dict[str, Any] | None:
        """The next command; None when CTF closed the connection."""
        line = self._commands.readline()
        return cast("dict[str, Any]", json.loads(line)) if line else None

    def send(self, event: Mapping[str, object]) -> None:
        data = _line(event)
        with self._lock:
            self._socket.sendall(data)

    def stream(self, header: Mapping[str, object]) -> socket.socket:
        """One more connection, for data."""
        stream = _connect(self._path)
        stream.sendall(_line(header))
        return stream

    def die_with_it(self) -> None:
        """When CTF goes away, the worker dies, whatever it is busy with, and so does all that it started.

        A thread would not do: code in C that doesn't release the interpreter's lock keeps every thread waiting. So a
        small process watches the connection. It ends with the worker.
        """
        alive, held_open = os.pipe()
        worker = os.getpid()
        leads_group = os.getpgrp() == worker
        if os.fork() != 0:
            os.close(alive)
            return
        try:
            os.close(held_open)
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            poll = select.poll()
            poll.register(self._socket, getattr(select, "POLLRDHUP", 0))
            poll.register(alive, 0)
            closed = [fd for fd, _ in poll.poll()]
            if alive not in closed:
                # a worker between two calls sees it too and exits by itself
                poll.unregister(self._socket)
                busy = not poll.poll(200)
                self._clear_up()
                if leads_group:
                    # this process too
                    os.killpg(worker, signal.SIGKILL)
                if busy:
                    os.kill(worker, signal.SIGKILL)
        finally:
            os._exit(0)

    def _clear_up(self) -> None:
        """Removes the socket and its folder, which CTF does itself while it lives."""
        with suppress(OSError):
            os.unlink(self._path)
        with suppress(OSError):
            os.rmdir(os.path.dirname(self._path))


def reading(stream: socket.socket) -> BufferedReader:
    """As a file of bytes that closes the connection when it is closed."""
    stream.shutdown(socket.SHUT_WR)
    file = stream.makefile("rb", buffering=1 << 18)
    stream.close()
    return cast(BufferedReader, file)


def _connect(path: str) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.connect(path)
    return connection


def _line(message: Mapping[str, object]) -> bytes:
    # ASCII: half a surrogate pair that somebody printed is no UTF-8
    return json.dumps(message).encode() + b"\n"
