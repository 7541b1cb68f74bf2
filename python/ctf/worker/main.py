"""One worker, from its start to its end."""

from __future__ import annotations

import gc
import os
import platform
import signal
import sys

from .call import Call
from .connection import Connection
from .prints import Prints


def main(path: str) -> None:
    """`path`: the socket where CTF listens. Does not return."""
    connection = Connection(path)
    connection.die_with_it()
    # Ctrl-C reaches the whole process group; CTF decides what becomes of a worker
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with open(os.devnull) as nothing:
        os.dup2(nothing.fileno(), 0)
    call: Call | None = None

    def emit(stream: str, text: str, by_python: bool) -> None:
        place = call.user_code.here() if by_python and call is not None else None
        event = {"type": "print", "stream": stream, "text": text}
        connection.send(event if place is None else {**event, "place": place})

    prints = Prints(emit)
    module_path = sys.path[:]
    connection.send({"type": "ready", "python": platform.python_version()})
    while (command := connection.receive()) is not None:
        call = Call(command, connection, module_path)
        end = call.run()
        prints.flush()
        connection.send(end)
        call = None
        gc.collect()
    # without waiting for threads and other ends that the user's code may have left
    os._exit(0)
