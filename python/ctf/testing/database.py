"""The database of one test."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from ..sql.read import reader
from ..sql.types import sql_type
from .clock import instant_text
from .service import service
from .values import Unwritable, column_text

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Project:
    """A folder with ctf.yaml."""

    root: Path


@dataclass(frozen=True)
class Run:
    """What came of a transform."""

    # ``enrollment.member_months``
    transform: str
    # All rows of each table, view or file that it makes, by its name: in the order of the primary key, if it has one.
    outputs: Mapping[str, Rows]
    # As a run counts them: rows, inserted, updated, unchanged, deleted, read, rejected.
    counts: Mapping[str, int]
    # Of a load or a flatten: the rows that could not be loaded, with their reasons.
    rejects: Rows = field(default_factory=list)

    @property
    def rows(self) -> Rows:
        """Those of its only output."""
        if len(self.outputs) != 1:
            raise AttributeError(f"{self.transform} makes {', '.join(self.outputs) or 'no rows'}: see .outputs")
        return next(iter(self.outputs.values()))


class Database:
    """A database of the project's scratch server that holds the project's tables, empty; see the fixture `ctf_database`.

    It belongs to a role that can do nothing outside of it. No target of the project is touched.
    """

    def __init__(self, project: Project, mode: str, url: str | None = None) -> None:
        self._service = service()
        told = self._service.ask("open", project=str(project.root), mode=mode, url=url)
        self._number = told["database"]
        self._url = told.get("url")
        # The time that tests set by `frozen_time`.
        self.now: str | None = None

    @property
    def url(self) -> str:
        """Where a driver can connect to. Only a clone has one: what others do in a connection is not rolled back."""
        if self._url is None:
            raise AttributeError(
                "only a clone has an address: what another connection does would not be rolled back. "
                'Mark the test with @pytest.mark.ctf_database("clone").'
            )
        return str(self._url)

    def query(self, text: str) -> Rows:
        """Runs statements, and gives the rows of the last one, as a python transform would read them.

        Raises StatementRefused with what PostgreSQL says.
        """
        __tracebackhide__ = True
        return rows_from(self._service.ask("query", database=self._number, text=text))

    def upstream(
        self,
        name: str,
        rows: Sequence[Mapping[str, object]] | int = (),
        *,
        files: Mapping[str, str | bytes] | None = None,
    ) -> Rows:
        """Lets a table hold these rows and no others, and gives them as they are then.

        `name` is ``schema.table``, or that of a source or a transform. Columns that are left out are made up so that they
        fit the table, always the same ones; a number asks for so many rows. For a source of files: their names and texts.
        Raises TransformRefused with what is wrong.
        """
        __tracebackhide__ = True
        if files is not None:
            given = {file: b64encode(_bytes(content)).decode() for file, content in files.items()}
            self._service.ask("give_files", database=self._number, source=name, files=given)
            return []
        wanted: Sequence[Mapping[str, object]] = [{}] * rows if isinstance(rows, int) else rows
        texts = [_texts(name, row, number) for number, row in enumerate(wanted, 1)]
        return rows_from(self._service.ask("give", database=self._number, table=name, rows=texts, now=self.now))

    def run(self, transform: str, *, vars: Mapping[str, object] | None = None, monitors: bool = False) -> Run:
        """Runs a transform as a run would, on what the tables hold, and puts what it makes where it belongs.

        Raises TransformRefused with what a run would say. Monitors are only looked at when asked for: a test has a
        handful of rows.
        """
        __tracebackhide__ = True
        variables = {name: _variable(name, value) for name, value in (vars or {}).items()}
        told = self._service.ask(
            "run", database=self._number, transform=transform, variables=variables, monitors=monitors, now=self.now
        )
        outputs = {name: rows_from(rows) for name, rows in told["outputs"].items()}
        rejects = rows_from(told["rejects"]) if "rejects" in told else []
        return Run(told["transform"], outputs, told["counts"], rejects)

    def freeze(self, now: str | datetime) -> None:
        """From here on, the clock of what runs here shows `now`."""
        self.now = instant_text(now)

    def close(self) -> None:
        """Rolls back, or drops the copy."""
        if not self._service.ended:
            self._service.ask("close", database=self._number)


def rows_from(told: Mapping[str, Any]) -> Rows:
    """Rows of the protocol, in Python's types."""
    columns = told["columns"]
    names = [column["name"] for column in columns]
    readers = [reader(sql_type(column["base"], column["typtype"])) or str for column in columns]
    return [
        {name: None if text is None else read(text) for name, read, text in zip(names, readers, row)}
        for row in told["rows"]
    ]


def _variable(name: str, value: object) -> str:
    text = column_text(value)
    if text is None:
        raise ValueError(f"the variable {name} needs a value")
    return text


def _bytes(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content


def _texts(name: str, row: Mapping[str, object], number: int) -> dict[str, str | None]:
    texts = {}
    for column, value in row.items():
        try:
            texts[column] = column_text(value)
        except Unwritable as error:
            raise ValueError(f"{name}, row {number}, {column}: {error}") from None
    return texts
