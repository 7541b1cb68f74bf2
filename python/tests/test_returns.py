"""What a transform may give back, and what is refused: by column and row, never by its value."""

from __future__ import annotations

import pytest
from peer import Peer, column

TWO = [column("id", "bigint"), column("name", "text")]
HEAD = """
import dataclasses, datetime, enum, uuid
from collections import namedtuple
from decimal import Decimal
import ctf
"""


@pytest.mark.parametrize(
    "body",
    [
        "return [(1, 'a'), (2, None)]",
        "return [[1, 'a'], [2, None]]",
        "return ({'id': 1, 'name': 'a'}, {'name': None, 'id': 2})",
        "yield (1, 'a'); yield (2, None)",
        "R = namedtuple('R', 'name id'); yield R('a', 1); yield R(None, 2)",
        "R = dataclasses.make_dataclass('R', ['name', 'id']); return [R('a', 1), R(None, 2)]",
        "import pyarrow as pa; return pa.table({'name': ['a', None], 'id': [1, 2]})",
        "import pyarrow as pa; return pa.record_batch({'id': [1, 2], 'name': ['a', None]})",
        "import pyarrow as pa; return pa.table({'id': [1, 2], 'name': ['a', None]}).to_reader()",
        "import pyarrow as pa; yield pa.table({'id': [1], 'name': ['a']}); yield pa.table({'id': [2], 'name': [None]})",
        "import pandas as pd; return pd.DataFrame({'name': ['a', None], 'id': [1, 2]})",
        "import pandas as pd; yield pd.DataFrame({'id': [1], 'name': ['a']}); yield pd.DataFrame({'id': [2], 'name': [None]})",
        "import pandas as pd; return pd.DataFrame({'id': [1, 2], 'name': pd.Categorical(['a', None])})",
    ],
)
def test_rows_in_many_forms(peer: Peer, body: str) -> None:
    end = peer.call(f"{HEAD}def transform(): {body}", {}, TWO)
    assert end == {"type": "done", "rows": 2}
    assert peer.output
    assert peer.output["columns"] in (["id", "name"], ["name", "id"])
    expected = {"text": "1\ta\n2\t\\N\n", "csv": '1,"a"\n2,\n'}[peer.output["format"]]
    assert peer.data.decode() == expected


@pytest.mark.parametrize("body", ["return []", "return; yield", "return iter(())"])
def test_no_rows_are_fine(peer: Peer, body: str) -> None:
    columns = [column("key", "bigint", may_lack=True), *TWO]
    assert peer.call(f"def transform(): {body}", {}, columns) == {"type": "done", "rows": 0}
    assert peer.output and peer.output["columns"] == ["id", "name"]
    assert peer.data == b""


def test_a_column_that_postgresql_fills_in_may_lack(peer: Peer) -> None:
    columns = [column("key", "bigint", may_lack=True), *TWO]
    for row in ["{'id': 1, 'name': 'a'}", "(1, 'a')"]:
        assert peer.call(f"def transform(): yield {row}", {}, columns)["type"] == "done"
        assert peer.output and peer.output["columns"] == ["id", "name"]
    assert peer.call("def transform(): yield (9, 1, 'a')", {}, columns)["type"] == "done"
    assert peer.data == b"9\t1\ta\n"


# type, the value, what is written (text) or why not
VALUES = [
    ("bigint", "3.0", "3"),
    ("bigint", "3.5", "a number with a fraction is no bigint: round it first"),
    ("bigint", "float('nan')", "NaN and infinity are no bigint; NULL is None"),
    ("bigint", "True", "a bool is no bigint: int(...) makes it 0 or 1"),
    ("bigint", "'1'", "a str is no bigint: int(...) makes it one"),
    ("bigint", "2**63", "the number is out of the range of bigint"),
    ("smallint", "-32769", "the number is out of the range of smallint"),
    ("boolean", "1", "an int is no boolean: compare it, so that it is True or False"),
    ("double precision", "2", "2.0"),
    ("double precision", "2**53 + 1", "a whole number of this size is not exact in double precision; float(...) rounds it"),
    ("double precision", "float('nan')", "nan"),
    ("numeric(5,2)", "Decimal('1.005')", "1.005"),
    ("numeric(5,2)", "0.1", "0.1"),
    ("numeric(5,2)", "Decimal('999.995')", "the number is out of the range of numeric(5,2)"),
    ("numeric(5,2)", "-1000", "the number is out of the range of numeric(5,2)"),
    ("numeric", "float('nan')", "NaN"),
    ("text", "5", "an int is no text: str(...) or an f-string makes it one"),
    ("text", "'a\\x00b'", "PostgreSQL's texts can't hold the character U+0000"),
    ("text", "'\\ud800'", "the text holds half of a surrogate pair, which is no character"),
    ("character varying(3)", "'abcd'", "the text is longer than character varying(3)"),
    ("character varying(3)", "'abc  '", "abc  "),
    ("text", "enum.Enum('E', {'A': 'one'}).A", "one"),
    ("bytea", "'abc'", "a str is no bytea: text.encode(...) makes it one"),
    ("date", "datetime.datetime(2024, 1, 31)", "2024-01-31"),
    ("date", "datetime.datetime(2024, 1, 31, 1)", "a datetime with a time of day or a zone is no date: .date() takes its date"),
    ("date", "'2024-01-31'", "a str is no date: date.fromisoformat(...) makes it one"),
    ("timestamp without time zone", "datetime.date(2024, 1, 31)", "2024-01-31T00:00:00"),
    ("timestamp without time zone", "datetime.datetime.now(datetime.timezone.utc)",
     "a datetime with a zone is no timestamp without time zone: .astimezone(...) and .replace(tzinfo=None)"),
    ("timestamp with time zone", "datetime.datetime(2024, 1, 31)",
     "a datetime without a zone could be any moment of that day: .replace(tzinfo=...) says which zone"),
    ("timestamp with time zone", "datetime.datetime(2024, 1, 31, tzinfo=datetime.timezone.utc)", "2024-01-31T00:00:00+00:00"),
    ("interval", "datetime.timedelta(days=1, seconds=2)", "P0M1DT2.000000S"),
    ("interval", "ctf.Interval(months=1)", "P1M0DT0.000000S"),
    ("interval", "60", "an int is no interval: use ctf.Interval or timedelta"),
    ("uuid", "'no'", "the text is no uuid"),
    ("jsonb", "{'a': [1, None, Decimal('1.10')]}", '{"a":[1,null,1.10]}'),
    ("jsonb", "'plain text'", '"plain text"'),
    ("jsonb", "'{\"a\": 1}'", "the text is JSON already, and would be stored as one string: return the dict or list itself"),
    ("jsonb", "{'é': 'é'}", '{"é":"é"}'),
    ("jsonb", "['\\ud800']", "something inside has no form in JSON: text, numbers, True, False, None, lists, dicts do"),
    ("jsonb", "{'a': float('nan')}",
     "something inside has no form in JSON: text, numbers, True, False, None, lists, dicts do"),
    ("integer[]", "(1, None, [2])", "the lists inside are of different lengths, which PostgreSQL's arrays can't be"),
    ("integer[]", "[1, 'x']", "a str is no integer: int(...) makes it one"),
    ("integer[]", "'abc'", "a str is no integer[]: use a list"),
    ("inet", "'10.0.0.1'", "10.0.0.1"),
    ("inet", "[]", "a list is no inet: give it as text in PostgreSQL's notation"),
    ("bigint", "__import__('numpy').int64(7)", "7"),
    ("boolean", "__import__('numpy').bool_(True)", "t"),
    ("date", "__import__('pandas').Timestamp('2024-01-31')", "2024-01-31"),
    ("timestamp without time zone", "__import__('pandas').Timestamp(1)", "PostgreSQL keeps microseconds, this has nanoseconds"),
    ("date", "__import__('pandas').NaT", r"\N"),
    ("integer[]", "__import__('numpy').array([1, 2])", '{"1","2"}'),
]  # fmt: skip


@pytest.mark.parametrize(("type", "value", "expected"), VALUES, ids=lambda value: None)
def test_a_value_in_a_row(peer: Peer, type: str, value: str, expected: str) -> None:
    code = f"{HEAD}def transform():\n    yield (None,)\n    yield ({value},)"
    end = peer.call(code, {}, [column("x", type)])
    if end.get("type") == "done":
        assert peer.data.decode() == f"\\N\n{expected}\n"
    else:
        assert end == {"kind": "value", "column": "x", "row": 2, "message": expected}


# type, pandas' or Arrow's column of two values, what is written or why not
COLUMNS = [
    ("bigint", "pd.Series([1.0, float('nan')])", "1\n\n"),
    ("bigint", "pd.Series([1, None], dtype='Int64')", "1\n\n"),
    ("bigint", "pd.Series([1.0, 1.5])", "a number with a fraction is no bigint: round it first"),
    ("integer", "pd.Series([1, 2**31])", "the number is out of the range of integer"),
    ("bigint", "pd.Series([1, 'x'], dtype=object)", "a str is no bigint: int(...) makes it one"),
    ("double precision", "pd.Series([1.5, float('nan')])", "1.5\n\n"),
    ("double precision", "pd.Series(pd.arrays.ArrowExtensionArray(pa.array([1.5, float('nan')])))", "1.5\nnan\n"),
    ("double precision", "pa.array([1.5, float('nan')])", "1.5\nnan\n"),
    ("numeric(5,2)", "pd.Series([1.5, 2.25])", "1.5\n2.25\n"),
    ("numeric(5,2)", "pd.Series([1.5, 1000.0])", "the number is out of the range of numeric(5,2)"),
    ("numeric(5,2)", "pa.array([Decimal('1.5'), Decimal('1000')])", "the number is out of the range of numeric(5,2)"),
    ("date", "pd.to_datetime(pd.Series(['2024-01-31', None]))", "2024-01-31\n\n"),
    ("date", "pd.to_datetime(pd.Series(['2024-01-31 00:00', '2024-01-31 10:00']))",
     "a datetime with a time of day or a zone is no date: .date() takes its date"),
    ("timestamp with time zone", "pd.Series([None, pd.Timestamp('2024-01-31')])",
     "a datetime without a zone could be any moment of that day: .replace(tzinfo=...) says which zone"),
    ("timestamp with time zone", "pd.to_datetime(pd.Series(['2024-01-31T10:00+02:00', None]))",
     "2024-01-31 08:00:00.000000Z\n\n"),
    ("interval", "pd.to_timedelta(pd.Series(['1 day', None]))", '"P0M1DT0.000000S"\n\n'),
    ("text", "pd.Series(['', None], dtype=object)", '""\n\n'),
    ("text", "pd.Series(['a', 5], dtype=object)", "an int is no text: str(...) or an f-string makes it one"),
    ("text", "pa.array(['a', 'b\\x00'])", "PostgreSQL's texts can't hold the character U+0000"),
    ("character varying(2)", "pa.array(['a', 'abc'])", "the text is longer than character varying(2)"),
    ("jsonb", "pd.Series([{'a': 1}, {'b': [2]}])", '"{""a"":1}"\n"{""b"":[2]}"\n'),
    ("jsonb", "pa.array(['{\"a\": 1}', None])", '"{""a"": 1}"\n\n'),
    ("integer[]", "pd.Series([[1, None], None])", '"{""1"",NULL}"\n\n'),
    ("boolean", "pa.array([True, None])", "true\n\n"),
    ("bytea", "pa.array([b'\\x00\\xff', None])", '"\\x00ff"\n\n'),
    ("bigint", "pa.array([1, 2**63], pa.uint64())", "the number is out of the range of bigint"),
]  # fmt: skip


@pytest.mark.parametrize(("type", "values", "expected"), COLUMNS, ids=lambda value: None)
def test_a_value_in_a_column(peer: Peer, type: str, values: str, expected: str) -> None:
    make = "pa.table" if values.startswith("pa.") else "pd.DataFrame"
    code = f"{HEAD}import pandas as pd, pyarrow as pa\ndef transform(): return {make}({{'x': {values}}})"
    end = peer.call(code, {}, [column("x", type)])
    if end.get("type") == "done":
        assert peer.data.decode() == expected
    else:
        assert end == {"kind": "value", "column": "x", "row": 2, "message": expected}


@pytest.mark.parametrize("row", ["(None,)", "{'x': None}", "pa.table({'x': pa.array([1, None])})"])
def test_null_in_a_not_null_column(peer: Peer, row: str) -> None:
    first = "" if row.startswith("pa") else "(1,)" if row.startswith("(") else "{'x': 1}"
    code = f"import pyarrow as pa\ndef transform():\n    yield {first if first else row}\n    yield {row}"
    end = peer.call(code, {}, [column("x", "bigint", not_null=True)])
    assert end == {"kind": "value", "column": "x", "row": 2, "message": "NULL in a not_null column"}


@pytest.mark.parametrize(
    ("body", "failure"),
    [
        ("yield {'id': 1}", {"kind": "columns", "missing": ["name"], "unknown": []}),
        ("yield {'id': 1, 'name': 'a', 'extra': 1}", {"kind": "columns", "missing": [], "unknown": ["extra"]}),
        # a dict's keys can be values
        ("yield {'id': 1, 'name': 'a', '-'.join(['Smith', 'John']): 1}",
         {"kind": "columns", "missing": [], "unknown": ["(1 made by the code)"]}),
        ("import pandas as pd; yield pd.DataFrame({'id': [1], 'name': ['a']}).set_index('id')",
         {"kind": "columns", "missing": ["id"], "unknown": [],
          "hint": "id is the DataFrame's index: .reset_index() makes it a column"}),
        ("import pandas as pd; yield pd.DataFrame([[1, 'a', 2]], columns=['id', 'name', 'id'])",
         {"kind": "signature", "message": "the columns id come twice"}),
        ("yield (1,)", {"kind": "signature", "message": "a row has 1 value, the output 2 columns",
                        "hint": "the columns are id, name"}),
        ("yield (1, 'a'); yield (2,)", {"kind": "signature", "message": "row 2 has 1 values, those before have 2"}),
        ("yield (1, 'a'); yield {'id': 1, 'name': 'b'}",
         {"kind": "signature", "message": "row 2 is a dict, the rows before are not",
          "hint": "give all rows in the same form"}),
        ("yield {'id': 1, 'name': 'b'}; yield {'id': 1, 'nam': 'b'}",
         {"kind": "value", "column": "name", "row": 2,
          "message": "the dict lacks this key; the first row has it. NULL is None"}),
        ("import pyarrow as pa; yield pa.table({'id': [1], 'name': ['a']}); yield (1, 'a')",
         {"kind": "signature", "message": "transform gave a tuple after whole columns",
          "hint": "give all rows in the same form"}),
        ("yield 'text'", {"kind": "signature", "message": "transform gave a str where a row is expected",
                          "hint": "a row is a tuple, a dict, a named tuple or a dataclass"}),
        ("pass", {"kind": "signature", "message": "transform returned None",
                  "hint": "return rows, or write `yield` for each row"}),
        ("return {'id': 1, 'name': 'a'}",
         {"kind": "signature", "message": "transform returned a dict",
          "hint": "return an iterable of rows, Arrow data, a DataFrame, or a generator of them"}),
    ],
)  # fmt: skip
def test_rows_that_do_not_fit(peer: Peer, body: str, failure: dict[str, object]) -> None:
    assert peer.call(f"def transform():\n    {body}", {}, TWO) == failure
