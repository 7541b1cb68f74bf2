"""A python transform's function, called without a database: what it is given, and what comes of what it returns."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import ctf
import pytest
from ctf.testing import Project, TransformRefused
from ctf.testing.function import call_transform
from ctf.testing.plugin import CallTransform, FrozenTime
from projects import make_project, remove_project

TYPES = {
    "i": "int",
    "b": "bigint",
    "n": "decimal(6, 2)",
    "f": "float",
    "t": "varchar(5)",
    "x": "bytea",
    "d": "date",
    "c": "time",
    "s": "timestamp(3)",
    "z": "timestamptz",
    "v": "interval",
    "u": "uuid",
    "j": "jsonb",
    "a": "int[]",
    "o": "bool",
    "r": "int4range",
}


def columns(more: str = "") -> str:
    return ", ".join(f'{{name: {name}, type: "{type}"{more}}}' for name, type in TYPES.items())


FILES = {
    "ctf.yaml": "ctf: 1\nproject: test\nvars: {limit: {type: integer, default: 3}, day: {type: date}}\n",
    "pipelines/p/pipeline.yaml": "description: P\nowners: [us@clover.example]\n",
    "sources/raw.yaml": f"sources:\n  - {{name: wide, table: raw.wide, columns: [{columns()}]}}\n"
    f"  - {{name: strict, table: raw.strict, columns: [{columns(', not_null: true')}]}}\n"
    "  - {name: files, file: 'data/*.txt', format: raw}\n",
    "pipelines/p/copy.yaml": f"kind: python\ninputs: [{{source: wide}}]\noutput:\n  table: p.copy\n  columns: [{columns()}]\n",
    "pipelines/p/filled.yaml": f"kind: python\ninputs: [{{source: strict}}]\noutput:\n  table: p.filled\n  columns: [{columns()}]\n",
    "pipelines/p/several.yaml": "kind: python\ninputs: [{source: wide}, {source: files}]\noutput:\n  table: p.several\n"
    "  columns:\n    - {name: id, type: bigint, not_null: true}\n    - {name: word, type: text}\n"
    "    - {name: made, type: timestamptz, default: now()}\n",
    "pipelines/p/query.yaml": "kind: create_table_as\noutput: {table: p.query, columns: [{name: id, type: int}]}\n",
    "pipelines/p/query.sql": "SELECT 1 AS id",
    "pipelines/p/copy.py": "def transform(wide):\n    yield from wide\n",
    "pipelines/p/filled.py": "def transform(strict):\n    return list(strict.dicts())\n",
    "pipelines/p/helper.py": "WORD = 'beside'\n",
    "words.py": "WORD = 'root'\n",
    "pipelines/p/several.py": "def transform(wide, files, ctx):\n    import helper\n    import words\n    import os\n"
    "    ctx.log.info('from %s', ctx.vars['limit'])\n"
    "    assert os.path.exists('ctf.yaml')\n    yield {'id': 1, 'word': helper.WORD + words.WORD}\n"
    "    for file in files:\n        yield {'id': ctx.vars['limit'], 'word': file.text().read()}\n",
}


@pytest.fixture(scope="module")
def ctf_project() -> Iterator[Project]:
    root = make_project(FILES)
    yield Project(root)
    remove_project(root)


WIDE: dict[str, Any] = {
    "i": 1,
    "b": 10**15,
    "n": Decimal("1.10"),
    "f": 0.1,
    "t": "ü\t\\",
    "x": b"\x00\xff",
    "d": date(2018, 4, 17),
    "c": datetime(2018, 1, 1, 23, 59).time(),
    "s": datetime(2018, 4, 17, 6, 0, 0, 1000),
    "z": datetime(2018, 4, 17, 6, tzinfo=UTC),
    "v": ctf.Interval(months=1, days=2),
    "u": UUID(int=7),
    "j": {"a": [1, Decimal("1.10"), None]},
    "a": [1, None, 3],
    "o": True,
    "r": "[1,5)",
}


def test_values_go_through_as_they_are_and_what_is_left_out_is_null(call_transform: CallTransform) -> None:
    assert call_transform("copy", {"wide": [WIDE, {}]}) == [WIDE, dict.fromkeys(WIDE)]
    assert call_transform("copy") == []


def test_values_become_what_they_are_declared_as(call_transform: CallTransform) -> None:
    written = {
        "b": 7,
        "n": 1.5,
        "d": "2018-04-17",
        "z": "2018-04-17T08:00:00+02:00",
        "u": str(UUID(int=7)),
        "o": "true",
    }
    [row] = call_transform("copy", {"wide": [written]})
    assert {name: row[name] for name in written} == {
        "b": 7,
        "n": Decimal("1.50"),
        "d": date(2018, 4, 17),
        "z": WIDE["z"],
        "u": UUID(int=7),
        "o": True,
    }


def test_what_may_not_be_null_gets_a_plain_value(call_transform: CallTransform) -> None:
    first, second = call_transform("filled", {"strict": [{"r": "empty"}, {"r": "empty"}]})
    assert None not in first.values()
    assert (first["i"], second["i"], second["t"], first["d"]) == (1, 2, "t 2", date(2000, 1, 1))
    with pytest.raises(ValueError, match="strict, row 1: r is not_null and of type int4range, so it has to be given"):
        call_transform("filled", {"strict": [{}]})


@pytest.mark.parametrize("way", ["arrow", "pandas", "batches"])
def test_all_ways_to_read_and_to_return(ctf_project: Project, way: str) -> None:
    file = ctf_project.root / "pipelines/p/copy.py"

    def transform(wide: ctf.Table) -> object:
        return getattr(wide, way)()

    rows = called_as(file, transform, ctf_project, {"wide": [WIDE, {}]})
    assert rows == [WIDE, dict.fromkeys(WIDE)]


def called_as(file: Path, function: Any, project: Project, inputs: Any) -> Any:
    """A function as if it stood in that file."""
    named = function.__code__.replace(co_filename=str(file))
    function.__code__ = named
    return call_transform(project, function, inputs)


def test_files_variables_the_log_and_modules_beside(
    call_transform: CallTransform, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    rows = call_transform("several", {"files": {"a.txt": "one", "b.txt": b"two"}}, vars={"limit": "7"})
    assert rows == [{"id": 1, "word": "besideroot"}, {"id": 7, "word": "one"}, {"id": 7, "word": "two"}]
    assert caplog.messages == ["from 7"]


def test_the_clock(ctf_project: Project, frozen_time: FrozenTime, call_transform: CallTransform) -> None:
    frozen_time("2018-04-17T06:00:00Z")
    seen = []

    def transform(wide: ctf.Table, ctx: ctf.Context) -> list[object]:
        seen.extend([ctx.now, datetime.now(UTC)])
        return []

    named = transform.__code__.replace(co_filename=str(ctf_project.root / "pipelines/p/copy.py"))
    transform.__code__ = named
    assert call_transform(transform) == []
    assert seen == [datetime(2018, 4, 17, 6, tzinfo=UTC)] * 2


@pytest.mark.parametrize(
    ("name", "inputs", "kind", "words"),
    [
        ("copy", {"wid": []}, TypeError, "p.copy has no input wid; it has wide"),
        ("copy", {"wide": [{"q": 1}]}, TypeError, "wide, row 1: there is no column q"),
        ("copy", {"wide": [{}, {"i": "x"}]}, ValueError, "wide, row 2, i: the text can't be read as integer"),
        ("copy", {"wide": [{}, {"i": 2**40}]}, ValueError, "wide, row 2, i: the number is out of the range of integer"),
        ("copy", {"wide": {"a": "b"}}, TypeError, "wide is a table: give its rows as a list of dicts"),
        ("several", {"files": [{"a": 1}]}, TypeError, "files is an input of files"),
        ("query", {}, TransformRefused, "p.query is of kind create_table_as: it has no function that could be called"),
        ("copi", {}, TransformRefused, "Did you mean copy"),
    ],
)
def test_what_is_wrong_with_a_call(
    call_transform: CallTransform, name: str, inputs: Any, kind: type[Exception], words: str
) -> None:
    with pytest.raises(kind, match=words):
        call_transform(name, inputs)


@pytest.mark.parametrize(
    ("returned", "kind", "words"),
    [
        ("[{'id': 1}]", TypeError, "does not have the output's columns: word is missing"),
        ("[{'id': 1, 'word': 'x', 'more': 1}]", TypeError, "more is not declared"),
        ("[{'id': None, 'word': 'x'}]", ValueError, "row 1, column id: NULL in a not_null column"),
        ("[{'id': 'x', 'word': 'x'}]", ValueError, "row 1, column id: a str is no bigint"),
        ("None", TypeError, "transform returned None"),
        ("1 / 0", ZeroDivisionError, "division"),
    ],
)
def test_what_the_worker_would_refuse_is_refused(
    ctf_project: Project, returned: str, kind: type[Exception], words: str
) -> None:
    scope: dict[str, Any] = {}
    file = ctf_project.root / "pipelines/p/several.py"
    exec(compile(f"def transform(wide, files):\n    return {returned}\n", str(file), "exec"), scope)
    with pytest.raises(kind, match=words):
        call_transform(ctf_project, scope["transform"])
