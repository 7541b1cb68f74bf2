"""Every type there and back: what PostgreSQL sends, what a transform sees, what PostgreSQL gets."""

from __future__ import annotations

import csv
import io

import pytest
from peer import Peer, column

# type, PostgreSQL's text, Python's repr of it as a row's value, what goes back where it isn't the same text
ROWS = [
    ("boolean", "t", "True", "t"),
    ("smallint", "-32768", "-32768", None),
    ("integer", "2147483647", "2147483647", None),
    ("bigint", "9223372036854775807", "9223372036854775807", None),
    ("real", "0.1", "0.1", None),
    ("double precision", "NaN", "nan", "nan"),
    ("double precision", "-Infinity", "-inf", "-inf"),
    ("double precision", "1e+300", "1e+300", None),
    ("numeric(12,2)", "1234.50", "Decimal('1234.50')", None),
    ("numeric", "123456789012345678901234567890.12345678901234567890", None, None),
    ("numeric", "NaN", "Decimal('NaN')", None),
    ("text", "", "''", None),
    ("text", r"a\tb\nc\\N\rd", r"'a\tb\nc\\N\rd'", None),
    ("text", r"\\N", r"'\\N'", None),
    ("text", "Müller 😀", "'Müller 😀'", None),
    ("character varying(5)", "abc", "'abc'", None),
    ("character(5)", "abc  ", "'abc  '", None),
    ("bytea", r"\\x00ff5c", r"b'\x00\xff\\'", None),
    ("date", "2024-02-29", "datetime.date(2024, 2, 29)", None),
    ("time without time zone", "12:34:56.5", "datetime.time(12, 34, 56, 500000)", "12:34:56.500000"),
    ("time(3) without time zone", "12:34:56", "datetime.time(12, 34, 56)", None),
    ("time with time zone", "12:34:56+02", "'12:34:56+02'", None),
    ("timestamp without time zone", "2024-01-31 10:00:00.25", None, "2024-01-31T10:00:00.250000"),
    ("timestamp(0) with time zone", "2024-01-31 10:00:00+00", None, "2024-01-31T10:00:00+00:00"),
    ("interval", "P1Y2M-3DT-4H-5M-6.7S", "Interval(months=14, days=-3, microseconds=-14706700000)",
     "P14M-3DT-14706.700000S"),
    ("interval", "PT0S", "Interval(months=0, days=0, microseconds=0)", "P0M0DT0.000000S"),
    ("uuid", "8a7b2c9e-0000-4000-8000-000000000001", "UUID('8a7b2c9e-0000-4000-8000-000000000001')", None),
    ("jsonb", '{"a":[1,1.10,null,true,"x"]}', "{'a': [1, Decimal('1.10'), None, True, 'x']}", None),
    ("jsonb", '"text"', "'text'", None),
    ("jsonb", '{"a":0.12345678901234567890}', "{'a': Decimal('0.12345678901234567890')}", None),
    ("integer[]", "{1,NULL,3}", "[1, None, 3]", '{"1",NULL,"3"}'),
    ("integer[]", "[0:1]={1,2}", "[1, 2]", '{"1","2"}'),
    ("text[]", r'{"a b","NULL",NULL,"","x\\"y\\\\z",{}}'[:-4] + "}", r"""['a b', 'NULL', None, '', 'x"y\\z']""",
     r'{"a b","NULL",NULL,"","x\\"y\\\\z"}'),
    ("text[]", "{{a,b},{c,d}}", "[['a', 'b'], ['c', 'd']]", '{{"a","b"},{"c","d"}}'),
    ("date[]", "{2024-01-31}", "[datetime.date(2024, 1, 31)]", '{"2024-01-31"}'),
    ("numeric(5,2)[]", "{}", "[]", None),
    ("jsonb[]", r'{"[1, 2]","{\\"a\\": null}"}', "[[1, 2], {'a': None}]", r'{"[1,2]","{\\"a\\":null}"}'),
    ("box[]", "{(1,1),(0,0);(2,2),(1,1)}", "['(1,1),(0,0)', '(2,2),(1,1)']", '{"(1,1),(0,0)";"(2,2),(1,1)"}'),
    ("int4range", "[1,5)", "'[1,5)'", None),
    ("int4range[]", '{"[1,5)"}', "['[1,5)']", None),
    ("inet", "10.0.0.1/24", "'10.0.0.1/24'", None),
    ("point", "(1,2)", "'(1,2)'", None),
]  # fmt: skip

PASS_ROWS = """
def transform(m, ctx):
    for row in m:
        ctx.log.info("saw %r", row[0])
        yield row
"""


@pytest.mark.parametrize(("type", "text", "shown", "back"), ROWS, ids=lambda value: None)
def test_a_value_as_a_row(peer: Peer, type: str, text: str, shown: str | None, back: str | None) -> None:
    peer.table("m", text=f"{text}\n\\N\n".encode())
    end = peer.call(PASS_ROWS, {"m": [column("x", type)]}, [column("x", type)])
    assert end == {"type": "done", "rows": 2}
    assert peer.data.decode() == f"{text if back is None else back}\n\\N\n"
    if shown is not None:
        assert peer.events[0]["text"] == f"saw {shown}"


# type, PostgreSQL's text, Arrow's type, what goes back where it isn't the same text
ARROW = [
    ("boolean", "t", "bool", "true"),
    ("smallint", "-32768", "int16", None),
    ("bigint", "9223372036854775807", "int64", None),
    ("real", "0.1", "float", None),
    ("double precision", "NaN", "double", "nan"),
    ("double precision", "-Infinity", "double", "-inf"),
    ("numeric(12,2)", "1234.50", "decimal128(12, 2)", None),
    ("numeric(50,2)", "123456789012345678901234567890.25", "decimal256(50, 2)", None),
    ("numeric(3,5)", "0.00123", "decimal128(5, 5)", None),
    ("numeric", "123456789012345678901234567890.12345678901234567890", "string", None),
    ("numeric", "NaN", "string", None),
    ("text", "", "string", None),
    ("text", 'a\t"b"\nc\\N,', "string", None),
    ("bytea", "\\x00ff5c", "binary", None),
    ("date", "2024-02-29", "date32[day]", None),
    ("time without time zone", "12:34:56.5", "time64[us]", "12:34:56.500000"),
    ("timestamp without time zone", "2024-01-31 10:00:00.25", "timestamp[us]", "2024-01-31 10:00:00.250000"),
    ("timestamp with time zone", "2024-01-31 10:00:00+00", "timestamp[us, tz=UTC]", "2024-01-31 10:00:00.000000Z"),
    ("interval", "P1Y2M-3DT-4H-5M-6.7S", "month_day_nano_interval", "P14M-3DT-14706.700000S"),
    ("uuid", "8a7b2c9e-0000-4000-8000-000000000001", "string", None),
    ("jsonb", '{"a": 1}', "string", None),
    ("integer[]", "{1,NULL,3}", "list<item: int32>", '{"1",NULL,"3"}'),
    ("text[]", '{"a b",NULL,"NULL"}', "list<item: string>", None),
    ("numeric(5,2)[]", "{1.50}", "list<item: decimal128(5, 2)>", '{"1.50"}'),
    ("interval[]", "{P1D}", "list<item: month_day_nano_interval>", '{"P0M1DT0.000000S"}'),
    ("int4range", "[1,5)", "string", None),
]

NULL = r"\N"

PASS_BATCHES = """
def transform(m, ctx):
    for batch in m.batches():
        ctx.log.info("%s", batch.schema.field(0).type)
        yield batch
"""
PASS_PANDAS = "def transform(m): return m.pandas()"


@pytest.mark.parametrize("code", [PASS_BATCHES, PASS_PANDAS], ids=["batches", "pandas"])
@pytest.mark.parametrize(("type", "text", "arrow", "back"), ARROW, ids=lambda value: None)
def test_a_value_in_arrow(peer: Peer, code: str, type: str, text: str, arrow: str, back: str | None) -> None:
    quoted = '"' + text.replace('"', '""') + '"'
    peer.table("m", csv=f"{quoted}\n\n".encode())
    end = peer.call(code, {"m": [column("x", type)]}, [column("x", type)])
    assert end == {"type": "done", "rows": 2}
    value, null = peer.data.decode()[:-1].rsplit("\n", 1)
    assert null == ""
    assert next(csv.reader(io.StringIO(value, newline=""))) == [text if back is None else back]
    if text == "":
        assert value == '""'
    if code is PASS_BATCHES:
        assert peer.events[0]["text"] == arrow


@pytest.mark.parametrize(
    ("type", "value", "how", "message"),
    [
        ("date", "infinity", "rows", "Python's dates go from year 1 to 9999, without infinity"),
        ("timestamp with time zone", "0044-03-15 10:00:00+00 BC", "rows", "Python's timestamps go from year 1 to 9999"),
        ("time without time zone", "24:00:00", "rows", "Python has no time 24:00"),
        ("interval", "infinity", "rows", "an infinite interval has no form in Python"),
        ("date", "infinity", "batches", "Python's dates go from year 1 to 9999, without infinity"),
        ("numeric(12,2)", "NaN", "batches", "Arrow's decimals have no NaN and no infinity"),
        ("numeric(50,2)", "NaN", "batches", "Arrow's decimals have no NaN and no infinity"),
        ("integer[]", "{{1,2},{3,4}}", "batches", "an array of several dimensions has no Arrow type"),
        ("interval", "PT9000000H", "batches", "an infinite interval has no form"),
    ],
)
def test_a_value_that_python_has_no_form_for(peer: Peer, type: str, value: str, how: str, message: str) -> None:
    good = {"date": "2024-01-01", "numeric(12,2)": "1.00", "numeric(50,2)": "1.00", "integer[]": "{1}"}.get(type, "")
    peer.table("m", text=f"{good or NULL}\n\\N\n{value}\n".encode(), csv=f'{good}\n\n"{value}"\n'.encode())
    # an `except` in the user's code must not turn it into missing rows
    code = f"""
def transform(m):
    try:
        for row in m.{how}():
            yield row
    except Exception:
        pass
"""
    end = peer.call(code, {"m": [column("x", type)]}, [column("x", type)])
    assert end["kind"] == "value"
    assert (end["parameter"], end["column"], end["row"]) == ("m", "x", 3)
    assert end["message"].startswith(message)


def test_a_row_that_is_too_large_for_arrow(peer: Peer) -> None:
    peer.table("m", text=b"x" * 20_000_000 + b"\n", csv=b'"' + b"x" * 20_000_000 + b'"\n')
    columns = [column("x", "text")]
    assert peer.call("def transform(m): yield from m.rows()", {"m": columns}, columns) == {"type": "done", "rows": 1}
    end = peer.call("def transform(m): yield from m.batches()", {"m": columns}, columns)
    assert end == {
        "kind": "signature",
        "message": "a row of m is larger than 2 MB, which Arrow does not read",
        "hint": "read it with m.rows()",
    }
