"""The other side of the protocol, in place of CTF: answers what the worker asks for, and keeps what it says."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from threading import Event, Thread
from typing import Any

PACKAGE = Path(__file__).resolve().parent.parent


def column(name: str, type: str, typtype: str = "b", not_null: bool = False, may_lack: bool = False) -> dict[str, Any]:
    return {"name": name, "type": type, "base": type, "typtype": typtype, "notNull": not_null, "mayLack": may_lack}


class _Received:
    """The rows of one call."""

    def __init__(self) -> None:
        self.header: dict[str, Any] | None = None
        self.data = bytearray()
        self.size = 0
        self.whole = Event()


class Peer:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # Unix sockets have short names
        self._sockets = tempfile.TemporaryDirectory()
        self.socket_folder = Path(self._sockets.name)
        path = os.path.join(self._sockets.name, "s")
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(path)
        self._listener.listen(16)
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-c", "import sys; from ctf.worker.main import main; main(sys.argv[1])", path],
            env={**os.environ, "PYTHONPATH": str(PACKAGE)},
            stdin=subprocess.DEVNULL,
            # as CTF starts it
            start_new_session=True,
        )
        self.commands, _ = self._listener.accept()
        self._events = self.commands.makefile("rb")
        self.ready = self.event()
        self._inputs: dict[tuple[str, str], Callable[[], Iterable[bytes]]] = {}
        self.keep_data = True
        self.refuse_output = False
        self._received = _Received()
        self._reached = Event()
        Thread(target=self._accept, daemon=True).start()

    def hang_up(self) -> None:
        self._events.close()
        self.commands.close()
        self.process.wait(30)

    def close(self) -> None:
        self.hang_up()
        self._listener.close()
        self._sockets.cleanup()

    def table(self, parameter: str, text: bytes = b"", csv: bytes = b"") -> None:
        self.stream(parameter, "text", lambda: [text])
        self.stream(parameter, "csv", lambda: [csv])

    def stream(self, parameter: str, format: str, data: Callable[[], Iterable[bytes]]) -> None:
        self._inputs[parameter, format] = data

    def start(
        self,
        code: str,
        inputs: Mapping[str, Sequence[Mapping[str, Any]]] = {},
        output: Sequence[Mapping[str, Any]] | Mapping[str, Any] = (),
        variables: Mapping[str, Any] = {},
        files: Mapping[str, Sequence[Mapping[str, Any]]] = {},
        name: str = "scores",
    ) -> Path:
        file = self.folder / f"{name}.py"
        file.write_text(code)
        self._received = _Received()
        if not isinstance(output, Mapping):
            output = {"type": "table", "name": name, "columns": list(output)}
        self._to_table = output["type"] == "table"
        self.send({
            "type": "call",
            "call": 1,
            "transform": name,
            "file": str(file),
            "root": str(self.folder),
            "inputs": [
                *({"type": "table", "parameter": key, "columns": columns} for key, columns in inputs.items()),
                *({"type": "files", "parameter": key, "files": some} for key, some in files.items()),
            ],
            "output": output,
            "variables": variables,
            "now": "2024-01-31T10:00:00+01:00",
        })  # fmt: skip
        return file

    def call(self, code: str, *args: Any, **more: Any) -> dict[str, Any]:
        """The event that ends the call; the others stand in `events`."""
        self.start(code, *args, **more)
        self.events: list[dict[str, Any]] = []
        while (event := self.event())["type"] not in ("done", "failed"):
            self.events.append(event)
        if event["type"] == "done" and self._to_table:
            self._received.whole.wait()
        self._reach()
        return event.get("failure", event)

    @property
    def output(self) -> dict[str, Any] | None:
        """What the worker said before the rows."""
        return self._received.header

    @property
    def data(self) -> bytes:
        return bytes(self._received.data)

    @property
    def received(self) -> int:
        return self._received.size

    def send(self, command: Mapping[str, Any]) -> None:
        self.commands.sendall(json.dumps(command).encode() + b"\n")

    def event(self) -> dict[str, Any]:
        line = self._events.readline()
        assert line, "the worker is gone"
        return json.loads(line)

    def _reach(self) -> None:
        """Waits until all connections of this call are accepted, so that none is taken for one of the next."""
        self._reached.clear()
        with socket.socket(socket.AF_UNIX) as last:
            last.connect(self._listener.getsockname())
            last.sendall(b'{"stream": "last"}\n')
            self._reached.wait()

    def _accept(self) -> None:
        while True:
            try:
                stream, _ = self._listener.accept()
            except OSError:
                return
            file = stream.makefile("rb")
            header = json.loads(file.readline())
            if header["stream"] == "last":
                file.close()
                stream.close()
                self._reached.set()
            elif header["stream"] == "output" and self.refuse_output:
                file.close()
                stream.close()
            elif header["stream"] == "output":
                self._received.header = header
                Thread(target=self._receive, args=(self._received, file, stream), daemon=True).start()
            else:
                file.close()
                Thread(target=self._send, args=(header, stream), daemon=True).start()

    def _receive(self, received: _Received, file: Any, stream: socket.socket) -> None:
        while data := file.read1(1 << 18):
            received.size += len(data)
            if self.keep_data:
                received.data += data
        file.close()
        stream.close()
        received.whole.set()

    def _send(self, header: Mapping[str, Any], stream: socket.socket) -> None:
        key = header["format"] if header["stream"] == "input" else str(header["file"])
        with stream:
            try:
                for data in self._inputs[header["parameter"], key]():
                    stream.sendall(data)
            except BrokenPipeError:
                pass
