"""Code that sends its own queries, on a connection that patches them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from ctf.testing import Database, NoMatch, SideEffectsExhausted, cte, data, mock, patch, sql, table

psycopg = pytest.importorskip("psycopg")
pytestmark = pytest.mark.ctf_database("clone")


@pytest.fixture
def connection(ctf_database: Database) -> Iterator[Any]:
    with psycopg.connect(ctf_database.url) as connection:
        yield connection


def test_queries_are_patched_in_turns_and_kept(connection: Any) -> None:
    mocked = mock(
        connection, patch(table("t"), columns=["a"], side_effect=[data([(1,)], ["a::int"]), None, [{"a": 7}]])
    )
    assert mocked.execute("SELECT a FROM t").fetchone() == (1,)
    assert mocked.execute("SELECT 1").fetchone() == (1,)
    with mocked.cursor() as cursor:
        assert cursor.execute("SELECT a + %s FROM t", [1]) is cursor
        assert cursor.description[0].name == "?column?"
        assert list(cursor) == [(8,)]
    assert [(one.original, len(one.replaced)) for one in mocked.renderings] == [
        ("SELECT a FROM t", 1),
        ("SELECT 1", 0),
        ("SELECT a + $900000000 FROM t", 1),
    ]
    with pytest.raises(SideEffectsExhausted, match="this is run 4, and there are rows for 3"):
        mocked.execute("SELECT a FROM t")
    assert mocked.info.dbname == connection.info.dbname


@pytest.mark.parametrize(
    ("query", "params", "rows"),
    [
        ("SELECT a FROM t WHERE a > %s", [1], [(2,)]),
        ("SELECT a FROM t WHERE a > %(least)s AND a < %(least)s + 2", {"least": 1}, [(2,)]),
        ("SELECT a %% 2, '%%', 50 AS \"%%\" FROM t WHERE a = %s", [1], [(1, "%", 50)]),
        ("SELECT a FROM t WHERE a = %s AND '$900000000' <> %s", [1, "x"], [(1,)]),
        ("SELECT a % 2 FROM t WHERE b LIKE '%'", None, [(1,), (0,)]),
        (b"SELECT a FROM t WHERE a = 1", None, [(1,)]),
    ],
)
def test_placeholders_of_the_driver(connection: Any, query: Any, params: Any, rows: list[Any]) -> None:
    mocked = mock(connection, patch(table("t"), [(1, "100 %"), (2, "%s $900000000")], ["a", "b"]))
    assert mocked.execute(query, params).fetchall() == rows


def test_values_of_placeholders_that_are_replaced_are_left_out(connection: Any) -> None:
    mocked = mock(connection, patch(cte("x"), [(1,)], ["a"]))
    query = "WITH x AS (SELECT a FROM t WHERE b = %s) SELECT a FROM x WHERE a = %s"
    assert mocked.execute(query, ["gone", 1]).fetchall() == [(1,)]


def test_composed_queries(connection: Any) -> None:
    from psycopg import sql as composed

    mocked = mock(connection, patch(table("t"), [(1,)], ["a"]))
    query = composed.SQL("SELECT a FROM {}").format(composed.Identifier("t"))
    assert mocked.execute(query).fetchall() == [(1,)]


def test_a_query_in_which_nothing_is_found(connection: Any) -> None:
    with pytest.raises(NoMatch):
        mock(connection, patch(table("t"), [(1,)], ["a"])).execute("SELECT 1")


def test_pieces_run_on_connections_and_cursors(connection: Any) -> None:
    query = sql(
        "CREATE TEMP TABLE IF NOT EXISTS m AS SELECT 1; SELECT a FROM t", patch(table("t"), [(Decimal("1.10"),)], ["a"])
    )
    assert query.run(connection) == [{"a": Decimal("1.10")}]
    assert query.run(connection.cursor()) == [{"a": Decimal("1.10")}]
    assert query.run(connection.cursor(row_factory=psycopg.rows.dict_row)) == [{"a": Decimal("1.10")}]
    assert sql("CREATE TABLE n ()").run(connection) == []
