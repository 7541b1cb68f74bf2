"""Pieces of SQL from Python: what is chosen, what stands in for it, and what can be wrong."""

from __future__ import annotations

from collections import namedtuple
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import ctf
import pytest
from ctf.testing import (
    BadSelector,
    CannotReplace,
    CannotRun,
    ColumnsNeeded,
    Database,
    NestedMatch,
    NoMatch,
    Overlap,
    PieceProblem,
    Place,
    RowMismatch,
    SeveralMatches,
    SideEffectsExhausted,
    SqlSyntax,
    UnwritableValue,
    body,
    create_table_as,
    cte,
    data,
    freeze_time,
    insert_into,
    patch,
    piece,
    sql,
    sql_file,
    statement,
    subquery,
    table,
)


def test_selectors_are_written_as_in_yaml() -> None:
    written = [
        statement(2),
        statement(0, 3),
        cte('"Latest"').table('raw."Claims"', "c")[1],
        subquery("s")[0:2],
        subquery()[3],
        insert_into("a.t").body(),
        create_table_as("t").subquery(),
        body(),
        piece("cte(x)").body(),
    ]
    assert [str(one) for one in written] == [
        "statement(2)",
        "statement(0, 3)",
        'cte("Latest").table(raw."Claims", c)[1]',
        "subquery(s)[0:2]",
        "subquery()[3]",
        "insert_into(a.t).body()",
        "create_table_as(t).subquery()",
        "body()",
        "cte(x).body()",
    ]
    with pytest.raises(IndexError):
        cte("x")[-1]


@pytest.mark.parametrize(
    ("parts", "sent"),
    [
        ([statement(0, 2)], "INSERT INTO t SELECT 1; WITH a AS (SELECT 2) INSERT INTO u TABLE a"),
        ([insert_into("u").body()], "WITH a AS (SELECT 2) TABLE a"),
        ([statement(1), cte("a")], "WITH a AS (SELECT 2) SELECT * FROM a"),
        (
            [cte("a"), patch("cte(a)", [(3,)], ["n"])],
            "WITH a AS (SELECT * FROM (VALUES (3)) AS rows (n)) SELECT * FROM a",
        ),
        ([insert_into("t"), patch(insert_into("t"), [(3,)])], "INSERT INTO t VALUES (3)"),
    ],
)
def test_what_is_sent(parts: list[object], sent: str) -> None:
    assert sql("INSERT INTO t SELECT 1; WITH a AS (SELECT 2) INSERT INTO u TABLE a; SELECT 3", *parts).render() == sent  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "parts", "kind", "message", "candidates"),
    [
        ("SELEC 1", [], SqlSyntax, 'SQL: syntax error at or near "SELEC"', []),
        ("SELECT 1", [cte("a b")], BadSelector, 'cte(a b): ")" is missing here', []),
        ("WITH a AS (SELECT 1) TABLE a", [cte("b")], NoMatch, "cte(b) is not there; there is cte(a) in line 1", ["cte(a)"]),
        ("SELECT * FROM t, t AS u", [table("t")], SeveralMatches, None, ["table(t)[0]", "table(t)[1]"]),
        ("SELECT (SELECT (SELECT 1))", [patch(subquery(), [(1,)])], NestedMatch, None, ["subquery()[0]", "subquery()[1]"]),
        ("SELECT * FROM t", [patch("table(t)", [(1,)], ["a"]), patch("table(t)", [(1,)], ["a"])], Overlap, None, ["table(t)"]),
        ("SELECT * FROM t TABLESAMPLE system (1)", [patch(table("t"), [(1,)], ["a"])], CannotReplace, None, ["table(t)"]),
        ("SELECT (SELECT o.x) FROM t AS o", [subquery()], CannotRun, None, []),
        ("SELECT a FROM t", [patch(table("t"), [(1,)])], ColumnsNeeded, None, ["table(t)"]),
        ("SELECT a FROM t", [patch(table("t"), [(1, 2)], ["a"])], RowMismatch, "table(t): row 1 has 2 values for 1 columns", None),
        ("SELECT a FROM t", [patch(table("t"), [{"b": 1}], ["a"])], RowMismatch, None, None),
        ("SELECT a FROM t", [patch(table("t"), [("a\0",)], ["a"])], UnwritableValue, None, None),
        ("SELECT a FROM t", [patch(table("t"), [(object(),)], ["a"])], UnwritableValue, "table(t): value 1 of row 1 can't be written as SQL: an object is no value of a table", []),
        ("SELECT a FROM t", [patch(table("t"), [{"a": Decimal("sNaN")}])], UnwritableValue, 'table(t): "a" of row 1 can\'t be written as SQL: PostgreSQL has no signalling NaN', []),
    ],
)  # fmt: skip
def test_everything_that_can_be_wrong(
    text: str, parts: list[object], kind: type[PieceProblem], message: str | None, candidates: list[str] | None
) -> None:
    with pytest.raises(PieceProblem) as problem:
        sql(text, *parts).render()  # type: ignore[arg-type]
    assert type(problem.value) is kind
    assert message is None or str(problem.value) == message
    assert candidates is None or [candidate.piece for candidate in problem.value.candidates] == candidates


def test_a_syntax_error_has_its_place() -> None:
    with pytest.raises(SqlSyntax) as problem:
        sql("SELECT 1\nFRM t").render()
    assert problem.value.place == Place(2, 5)


VALUES = [
    None,
    True,
    0,
    -(10**20),
    1.5,
    -0.1,
    float("inf"),
    Decimal("1.10"),
    Decimal("-0.00000000000000000001"),
    'O\'Brien \\ "x" $1 %s ü 🙂\n',
    "",
    b"\0\xff'",
    date(2018, 4, 17),
    date(1, 1, 1),
    time(23, 59, 59, 999999),
    datetime(2018, 4, 17, 6),
    datetime(2018, 4, 17, 6, 0, 0, 1, tzinfo=UTC),
    ctf.Interval(months=-1, days=2, microseconds=3_500_000),
    UUID("8a7b2c9e-0000-4000-8000-000000000001"),
    [1, None, 3],
    ["a b", 'c"d', None],
    [[1, 2], [3, 4]],
    [Decimal("1.10"), Decimal(2)],
    [date(2018, 4, 17)],
    {"a": [1, Decimal("1.10"), None, "ü"], "b": {"c": True}},
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_values_come_back_as_they_are(ctf_database: Database, value: object) -> None:
    query = sql("SELECT v FROM t", patch(table("t"), [(value,)], ["v"]))
    assert query.run(ctf_database) == [{"v": value}]


@pytest.mark.parametrize(
    ("value", "type", "read"),
    [
        ("00123", "text", "00123"),
        ("12345678901234567890", "numeric(20)", Decimal("12345678901234567890")),
        (1, "text", "1"),
        (1.5, "numeric", Decimal("1.5")),
        (Decimal("1.10"), "float8", 1.1),
        ("[2018-01-01,2018-02-01)", "daterange", "[2018-01-01,2018-02-01)"),
        ([1, Decimal("2.50")], "json", [1, Decimal("2.50")]),
        ({"on": date(2018, 4, 17)}, "jsonb", {"on": "2018-04-17"}),
        ('{"a": 1}', "jsonb", {"a": 1}),
        ([], "text[]", []),
        (timedelta(days=1, seconds=1), "interval", ctf.Interval(days=1, microseconds=1_000_000)),
        (b"\x01", "bytea", b"\x01"),
        (None, "date", None),
    ],
)
def test_a_column_with_a_type_reads_the_value_as_that(
    ctf_database: Database, value: object, type: str, read: object
) -> None:
    assert sql("SELECT v FROM t", patch(table("t"), [(value,)], [f"v::{type}"])).run(ctf_database) == [{"v": read}]


def test_nan_is_not_null(ctf_database: Database) -> None:
    query = sql("SELECT v, d FROM t", patch(table("t"), [(float("nan"), Decimal("NaN"))], ["v", "d"]))
    [row] = query.run(ctf_database)
    assert row["v"] != row["v"] and row["d"].is_nan()


def test_rows_in_many_forms(ctf_database: Database) -> None:
    Row = namedtuple("Row", ["a", "b"])
    rows = [(1, "x"), [2, "y"], Row(3, "z"), {"b": "w", "a": 4}, {"a": 5}]
    query = sql("SELECT * FROM t", patch(table("t"), rows, ["a", "b"]))
    assert [tuple(row.values()) for row in query.run(ctf_database)] == [
        (1, "x"),
        (2, "y"),
        (3, "z"),
        (4, "w"),
        (5, None),
    ]
    assert sql("SELECT a FROM t", patch(table("t"), [], ["a::int"])).run(ctf_database) == []
    with pytest.raises(TypeError, match="a row is a list or tuple"):
        sql("SELECT a FROM t", patch(table("t"), ["ab"], ["a", "b"])).render()


def test_runs_in_turns_and_what_was_run(ctf_database: Database) -> None:
    ctf_database.query("CREATE TABLE t AS SELECT 0 AS a")
    query = sql(
        "SELECT a FROM t", patch(table("t"), columns=["a"], side_effect=[[(1,)], data([("x",)], ["a::text"]), None])
    )
    assert [query.run(ctf_database) for _ in range(3)] == [[{"a": 1}], [{"a": "x"}], [{"a": 0}]]
    assert [len(one.replaced) for one in query.renderings] == [1, 1, 0]
    with pytest.raises(SideEffectsExhausted, match="this is run 4, and there are rows for 3"):
        query.run(ctf_database)
    with pytest.raises(TypeError):
        patch(table("t"))


def test_an_offset_leads_back_to_the_text_that_was_given(ctf_database: Database) -> None:
    query = sql("SELECT a\nFROM t WHERE b > 1", patch(table("t"), [(1,)], ["a"]))
    ctf_database_error = pytest.raises(ctf.testing.StatementRefused, query.run, ctf_database)
    position = ctf_database_error.value.position
    assert position is not None
    assert query.renderings[0].to_original(position - 1) == Place(2, 14)


def test_of_several_statements_the_last_ones_rows_and_files_are_read(ctf_database: Database, tmp_path: Path) -> None:
    file = tmp_path / "made.sql"
    file.write_text("CREATE TEMP TABLE made AS SELECT * FROM nowhere; SELECT sum(a) AS sum FROM made", "utf-8")
    assert sql_file(file, patch(table("nowhere"), [(1,), (2,)], ["a::int"])).run(ctf_database) == [{"sum": 3}]


def test_the_clock_of_sql() -> None:
    frozen = freeze_time("SELECT now(), 'today' AS label, clock()", datetime(2018, 4, 17, 6, tzinfo=UTC))
    assert frozen.text.startswith("SELECT '2018-04-17T06:00:00+00:00'::timestamptz AS now, ")
    assert {one.reads for one in frozen.unfreezable} <= {"perhaps"}
    with pytest.raises(ValueError, match="the time needs its zone"):
        freeze_time("SELECT now()", datetime(2018, 4, 17))
    with pytest.raises(ctf.testing.TransformRefused, match="must be an instant with its zone"):
        freeze_time("SELECT now()", "2018-04-17")
