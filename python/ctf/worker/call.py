"""One call of a transform."""

from __future__ import annotations

import re
import socket
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from io import BufferedReader
from pathlib import Path
from time import monotonic
from typing import Any, cast

from ..clock import standing_still
from ..context import Context, Log
from ..failures import Failure, NoSuchColumn
from ..files import File, Files
from ..map_documents import mapped
from ..naming import type_name
from ..output.files import TextFileSink
from ..output.parquet import ParquetSink
from ..output.table import TableSink
from ..output.write import write
from ..sql.read import reader
from ..sql.types import Column, sql_type
from ..table import Table
from .connection import Connection, reading
from .places import UserCode
from .user_module import arguments, function_of, load, transform_of

# Seconds between two reports.
_PROGRESS = 1.0
# How deep calls may go while documents are mapped.
_LEVELS = 10_000


class Call:
    """A call as CTF asked for it."""

    def __init__(self, command: Mapping[str, Any], connection: Connection, path: Sequence[str]) -> None:
        self._command = command
        self._connection = connection
        self._path = path
        self._refused: Failure | None = None
        self._reported = monotonic()
        self.user_code = UserCode(command["root"], command["file"])

    def run(self) -> dict[str, object]:
        """The event that ends it: done or failed."""
        try:
            rows = self._run()
            # a value that could not be read was kept from CTF by an `except` in the user's code
            if self._refused is not None:
                raise self._refused
        except BaseException as error:
            return {"type": "failed", "failure": self._failure(self._refused or error)}
        return {"type": "done", "rows": rows}

    def _run(self) -> int:
        now = datetime.fromisoformat(self._command["now"]) if self._command.get("clockStandsStill") else None
        with standing_still(now):
            return self._call()

    def _call(self) -> int:
        command = self._command
        module = load(command["file"], command["root"], self.user_code, self._path)
        given: dict[str, object] = {item["parameter"]: self._input(item) for item in command["inputs"]}
        columns = columns_of(command["output"]["columns"])
        if "map" in command:
            # documents have a thousand levels at most, which Python's own limit is too low for
            sys.setrecursionlimit(max(sys.getrecursionlimit(), _LEVELS))
            returned: object = mapped(function_of(module, command["map"]), cast(Table, given["documents"]))
        else:
            transform = transform_of(module, list(given))
            returned = transform(**arguments(transform, {"ctx": self._context(), **given}))
        sink = self._sink(command["output"], columns)
        try:
            rows = write(returned, columns, sink, self._progress)
        except BaseException:
            # the failure counts, and not what it leads to
            with suppress(Exception):
                sink.close()
            raise
        sink.close()
        return rows

    def _input(self, item: Mapping[str, Any]) -> Table | Files:
        parameter = item["parameter"]
        if item["type"] == "files":
            files = [self._file(parameter, number, file) for number, file in enumerate(item["files"])]
            return Files(parameter, files)

        def open_stream(format: str) -> BufferedReader:
            return reading(self._stream({"stream": "input", "parameter": parameter, "format": format}))

        return Table(parameter, columns_of(item["columns"]), open_stream, self._refuse)

    def _file(self, parameter: str, number: int, file: Mapping[str, Any]) -> File:
        header = {"stream": "file", "parameter": parameter, "file": number}
        return File(file["name"], file["size"], lambda: reading(self._stream(header)))

    def _sink(self, output: Mapping[str, Any], columns: Sequence[Column]) -> TableSink | ParquetSink | TextFileSink:
        if output["type"] == "table":
            return TableSink(columns, self._open_output, self._breaks)
        if output["format"] == "parquet":
            return ParquetSink(output["path"], columns)
        return TextFileSink(output["path"], output["format"], columns)

    def _open_output(self, format: str, names: Sequence[str]) -> socket.socket:
        return self._stream({"stream": "output", "format": format, "columns": list(names)})

    def _stream(self, header: Mapping[str, object]) -> socket.socket:
        return self._connection.stream({**header, "call": self._command["call"]})

    def _context(self) -> Context:
        variables = context_variables(self._command["variables"])
        return Context(variables, datetime.fromisoformat(self._command["now"]), Log(self._log))

    def _log(self, level: str, template: str, values: tuple[object, ...]) -> None:
        frame = self.user_code.frame()
        # what stands in the code as a text is the author's own; a text that was put together may hold values
        own = frame is not None and template in frame.f_code.co_consts
        self._connection.send({
            "type": "log",
            "level": level,
            "template": template if own else "",
            "text": template % values if values else template,
            "place": self.user_code.here(),
        })  # fmt: skip

    def _progress(self, rows: int) -> None:
        if monotonic() - self._reported >= _PROGRESS:
            self._reported = monotonic()
            self._connection.send({"type": "progress", "rows": rows})

    def _breaks(self, rows: list[int], counts: list[int]) -> None:
        self._connection.send({"type": "breaks", "rows": rows, "counts": counts})

    def _refuse(self, failure: Failure) -> None:
        self._refused = self._refused or failure

    def _failure(self, error: BaseException) -> dict[str, object]:
        frames = self.user_code.frames(error.__traceback__)
        place = frames[-1] if frames else None
        if isinstance(error, Failure):
            if error.event["kind"] == "missing_package" and place is not None:
                return {**error.event, "place": place}
            return self._spelled_out(error.event)
        if isinstance(error, NoSuchColumn) and place is not None:
            # a name that the code does not spell out may be a value
            asked = f"column {error.name}" if error.name in _words(cast(str, place["file"])) else "such column"
            message = f"{error.table} has no {asked}; it has {', '.join(error.columns)}"
            return {"kind": "signature", "message": message, "place": place}
        if isinstance(error, SyntaxError) and error.filename and self._is_of_file(error):
            where = {"file": error.filename, "line": error.lineno or 1, "column": error.offset or 1}
            return {"kind": "syntax", "message": error.msg, "place": where}
        package = _missing_package(error)
        if package is not None and (place is None or _stands_in(cast(str, place["file"]), package)):
            missing = {"kind": "missing_package", "package": package}
            return missing if place is None else {**missing, "place": place}  # type: ignore[return-value]
        described = {"exception": type_name(type(error), with_module=True), "text": _text(error)}
        if frames:
            return {"kind": "exception", "frames": frames, **described}
        return {"kind": "internal", "frames": _all_frames(error), **described}

    def _is_of_file(self, error: SyntaxError) -> bool:
        """Not of a text that the code compiles under the file's name: that may be a value."""
        file = error.filename or ""
        if not self.user_code.owns(file):
            return False
        try:
            compile(Path(file).read_bytes(), file, "exec", dont_inherit=True)
        except SyntaxError:
            return True
        except (OSError, ValueError):
            pass
        return False

    def _spelled_out(self, event: dict[str, object]) -> dict[str, object]:
        """A dict's keys can be values: a name that the code doesn't spell out, and no column has, isn't shown."""
        if event["kind"] not in ("columns", "value"):
            return event
        command = self._command
        known = {column["name"] for column in command["output"]["columns"]}
        for item in command["inputs"]:
            known.update(column["name"] for column in item.get("columns", ()))
        known.update(_words(command["file"]))
        if event["kind"] == "value":
            return event if event["column"] in known else {**event, "column": "(a name made by the code)"}
        unknown = cast("list[str]", event["unknown"])
        shown = [name for name in unknown if name in known]
        if len(shown) < len(unknown):
            shown.append(f"({len(unknown) - len(shown)} made by the code)")
        return {**event, "unknown": shown}


def context_variables(told: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Variables as `ctx.vars` has them, from the protocol's."""
    variables = _Variables()
    for name, variable in told.items():
        read = reader(sql_type(variable["type"])) or str
        variables[name] = None if variable["value"] is None else read(variable["value"])
    return variables


class _Variables(dict[str, Any]):
    def __missing__(self, name: str) -> Any:
        raise KeyError(f"no variable {name}; the project declares {', '.join(self) or 'none'}")


def columns_of(columns: Sequence[Mapping[str, Any]]) -> list[Column]:
    """Columns from the protocol's."""
    return [
        Column(
            column["name"], sql_type(column["base"], column["typtype"]), column["notNull"], column.get("mayLack", False)
        )
        for column in columns
    ]


def _missing_package(error: BaseException) -> str | None:
    if not isinstance(error, ModuleNotFoundError) or not error.name:
        return None
    package = error.name.split(".")[0]
    return None if package in sys.modules else package


def _words(file: str) -> set[str]:
    with open(file, encoding="utf-8", errors="replace") as lines:
        return set(re.findall(r"\w+", lines.read()))


def _stands_in(file: str, package: str) -> bool:
    """Whether the code spells it out; else it may be a value."""
    try:
        return package in _words(file)
    except OSError:
        return False


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:
        return ""


def _all_frames(error: BaseException) -> list[dict[str, object]]:
    frames = []
    traceback = error.__traceback__
    while traceback is not None:
        code = traceback.tb_frame.f_code
        frames.append({"file": code.co_filename, "line": traceback.tb_lineno, "function": code.co_name})
        traceback = traceback.tb_next
    return frames
