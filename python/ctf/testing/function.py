"""A python transform's function, called as the worker calls it, in this process and without a database."""

from __future__ import annotations

import importlib.util
import io
import logging
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import chdir, contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar, cast

from ..arrow.reading import read_batches
from ..context import Context, Log
from ..failures import Failure
from ..files import File, Files
from ..output.table import TableSink
from ..output.write import write
from ..rows.reading import read_rows
from ..sql.read import reader
from ..sql.types import Column, sql_type
from ..table import Table
from ..worker.call import columns_of, context_variables
from ..worker.user_module import arguments, transform_of
from .database import Project, Rows
from .given import copy_csv, copy_text
from .service import service

Given = Sequence[Mapping[str, object]] | Mapping[str, str | bytes]


def call_transform(
    project: Project,
    transform: str | Callable[..., object],
    inputs: Mapping[str, Given] | None = None,
    *,
    vars: Mapping[str, object] | None = None,
    now: datetime | None = None,
) -> Rows:
    """Calls the function, and gives the rows that its table would have.

    `transform`: its name or its file, or the function itself. `inputs`: by the function's parameters, rows, or files by
    their names; what is not named is empty. Columns that are left out are NULL where they may be, else some plain value.
    What the function raises is raised; what the worker would refuse is a TypeError or ValueError.
    """
    told = service().ask("function", project=str(project.root), transform=_name_of(transform))
    with _as_in_a_worker(told["root"], told["file"]):
        function = transform if callable(transform) else _loaded(told["file"]).transform
        if not callable(transform):
            _refusing(lambda: transform_of(_loaded(told["file"]), [item["parameter"] for item in told["inputs"]]))
        given = {item["parameter"]: _input(item, dict(inputs or {})) for item in told["inputs"]}
        unknown = set(inputs or {}) - set(given)
        if unknown:
            raise TypeError(f"{told['transform']} has no input {unknown.pop()}; it has {', '.join(given) or 'none'}")
        context = Context(_variables(told["variables"], vars or {}), now or datetime.now(UTC), Log(_log))
        returned = function(**arguments(function, {"ctx": context, **given}))
        return _refusing(lambda: _stored(returned, columns_of(told["columns"])))


def _name_of(transform: str | Callable[..., object]) -> str:
    if isinstance(transform, str):
        return transform
    code = getattr(transform, "__code__", None)
    if code is None:
        raise TypeError("call_transform takes a transform's name, or its function")
    return str(Path(code.co_filename).resolve())


@contextmanager
def _as_in_a_worker(root: str, file: str) -> Iterator[None]:
    """The project's root is the working directory, and on sys.path after the file's own folder."""
    before = sys.path[:]
    sys.path[:] = dict.fromkeys((*before, os.path.dirname(file), root))
    try:
        with chdir(root):
            yield
    finally:
        sys.path[:] = before


@cache
def _loaded(file: str) -> ModuleType:
    """Once for a test session, so that what a test patches in it stays where it is looked for."""
    name = f"ctf_transform_{abs(hash(file))}"
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # dataclasses look for their module
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _input(item: Mapping[str, Any], inputs: Mapping[str, Given]) -> Table | Files:
    parameter = item["parameter"]
    given = inputs.get(parameter, () if item["type"] == "table" else {})
    if item["type"] == "files":
        if not isinstance(given, Mapping):
            raise TypeError(f"{parameter} is an input of files: give their texts by their names")
        return Files(parameter, [_file(name, content) for name, content in given.items()])
    if isinstance(given, Mapping):
        raise TypeError(f"{parameter} is a table: give its rows as a list of dicts")
    columns = columns_of(item["columns"])
    made = {"text": copy_text, "csv": copy_csv}

    def open_stream(format: str) -> io.BufferedReader:
        return _reader(made[format](parameter, given, columns))

    # What is wrong with the rows is told now, and not when the function comes to them.
    copy_text(parameter, given, columns)
    return Table(parameter, columns, open_stream, lambda failure: None)


def _file(name: str, content: str | bytes) -> File:
    data = content.encode() if isinstance(content, str) else content
    return File(name, len(data), lambda: _reader(data))


def _reader(data: bytes) -> io.BufferedReader:
    return io.BufferedReader(cast(io.RawIOBase, io.BytesIO(data)))


def _variables(told: Mapping[str, Mapping[str, Any]], given: Mapping[str, object]) -> Mapping[str, Any]:
    for name in given:
        if name not in told:
            raise TypeError(f"the project has no variable {name}; it declares {', '.join(told) or 'none'}")
    values = context_variables(told)
    for name, value in given.items():
        read = reader(sql_type(told[name]["type"]))
        values[name] = read(value) if isinstance(value, str) and read is not None else value
    return values


def _log(level: str, template: str, values: tuple[object, ...]) -> None:
    logging.getLogger("ctf").log(getattr(logging, level.upper()), template, *values)


T = TypeVar("T")


def _refusing(work: Callable[[], T]) -> T:
    """What the worker would tell CTF, as Python's own exceptions."""
    try:
        return work()
    except Failure as failure:
        raise _exception(failure.event) from None


def _exception(event: Mapping[str, Any]) -> Exception:
    match event["kind"]:
        case "value":
            of = f"{event['parameter']}, " if "parameter" in event else ""
            return ValueError(f"{of}row {event['row']}, column {event['column']}: {event['message']}")
        case "columns":
            wrong = [f"{name} is missing" for name in event["missing"]]
            wrong += [f"{name} is not declared" for name in event["unknown"]]
            message = f"what transform() returned does not have the output's columns: {'; '.join(wrong)}"
        case "missing_package":
            return ModuleNotFoundError(f"the package {event['package']} is not installed", name=event["package"])
        case _:
            message = event["message"]
    return TypeError(f"{message} ({event['hint']})" if "hint" in event else message)


class _Collected:
    """A stream of rows, in memory."""

    def __init__(self, format: str, names: Sequence[str]) -> None:
        self.format = format
        self.names = names
        self.data = bytearray()

    def sendall(self, data: bytes, /) -> None:
        self.data += data

    def close(self) -> None:
        pass


def _stored(returned: object, columns: Sequence[Column]) -> Rows:
    """Through the text of a COPY and back: the values that a reader of the table would get."""
    streams: list[_Collected] = []

    def open_stream(format: str, names: Sequence[str]) -> _Collected:
        streams.append(_Collected(format, names))
        return streams[-1]

    sink = TableSink(columns, open_stream, lambda rows, counts: None)
    write(returned, columns, sink, lambda rows: None)
    stream = streams[0]
    by_name = {column.name: column for column in columns}
    made = [by_name[name] for name in stream.names]
    if stream.format == "text":
        blocks = read_rows(io.BytesIO(bytes(stream.data)), made, "the output")
        return [dict(zip(stream.names, row)) for block in blocks for row in block]
    # as texts, because COPY takes more ways to write a value than it has itself
    texts = [Column(column.name, sql_type("text")) for column in made]
    readers = {column.name: reader(column.type) or str for column in made}
    return [
        {name: None if text is None else readers[name](text) for name, text in row.items()}
        for batch in read_batches(lambda: _reader(bytes(stream.data)), texts, "the output")
        for row in batch.to_pylist()
    ]
