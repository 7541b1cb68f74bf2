"""The process of CTF that does the work: started when it is first needed, and gone when this one is.

src/testing/service/protocol.ts has the whole conversation.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import tempfile
import warnings
from contextlib import suppress
from itertools import count
from threading import RLock
from typing import Any

from ..version import VERSION
from .errors import ServiceProblem, problem_of
from .executable import find_executable

_PROTOCOL = 1
_END_SECONDS = 15


class Service:
    """One conversation. Threads may use it, one after the other."""

    def __init__(self) -> None:
        command = (*find_executable(), "__serve")
        # A file, because nobody reads a pipe while waiting for an answer.
        self._errors = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, start_new_session=True
        )
        self._numbers = count(1)
        self._lock = RLock()
        self.owner = os.getpid()
        self.ended = False
        self._greet(command[-2])

    def _greet(self, program: str) -> None:
        hello = self._line().get("hello")
        if hello is None:
            raise ServiceProblem(f"{program} is not a ctf that tests in Python can talk to")
        version = hello["version"]
        if hello["protocol"] != _PROTOCOL:
            raise ServiceProblem(
                f"{program} is CTF {version}, and its Python code here is that of {VERSION}: "
                "they don't understand each other. Install the same version of both."
            )
        if version != VERSION:
            warnings.warn(f"{program} is CTF {version}, its Python code here that of {VERSION}", stacklevel=4)

    @property
    def pid(self) -> int:
        return self._process.pid

    def ask(self, do: str, **about: object) -> Any:
        """The answer to a request. What is said meanwhile goes to stderr. Raises what `problem_of` makes."""
        __tracebackhide__ = True  # in pytest's tracebacks: the test's own line is what matters
        with self._lock:
            if self.ended:
                raise ServiceProblem("CTF was broken off in the middle of its work")
            request = {"id": next(self._numbers), "do": do}
            try:
                self._send({**request, **{key: value for key, value in about.items() if value is not None}})
                message = self._answer()
            except KeyboardInterrupt:
                # So that it breaks off too, whatever it is busy with.
                self._hang_up()
                raise
            if "problem" in message:
                raise problem_of(message["problem"])
            return message["ok"]

    def _answer(self) -> dict[str, Any]:
        while "said" in (message := self._line()):
            print(message["said"], file=sys.stderr)
        return message

    def close(self) -> None:
        """Lets it drop what it holds, and waits for its end."""
        process = self._process
        self._hang_up()
        try:
            process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._errors.close()

    def _hang_up(self) -> None:
        self.ended = True
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()

    def _send(self, request: dict[str, object]) -> None:
        assert self._process.stdin is not None
        try:
            # ASCII: half a surrogate pair is no UTF-8
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
        except OSError:
            raise self._gone() from None

    def _line(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        try:
            message = json.loads(line)
        except ValueError:
            raise self._gone() from None
        return message if isinstance(message, dict) else {}

    def _gone(self) -> ServiceProblem:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(1)
        self._errors.seek(0)
        last = self._errors.read().decode(errors="replace").strip()
        return ServiceProblem(f"CTF has ended{f': {last}' if last else ''}")


_running: Service | None = None


def service() -> Service:
    """The one of this process. A fork starts its own."""
    global _running
    if _running is not None and _running.ended:
        close_service()
    if _running is None or _running.owner != os.getpid():
        _running = Service()
    return _running


def close_service() -> None:
    """Ends it, if it was started; the next request starts another."""
    global _running
    running, _running = _running, None
    if running is not None and running.owner == os.getpid():
        running.close()


atexit.register(close_service)
