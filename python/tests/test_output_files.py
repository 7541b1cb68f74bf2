"""A file as the output."""

from __future__ import annotations

import pytest
from peer import Peer, column

COLUMNS = [
    column("id", "bigint"),
    column("name", "text"),
    column("amount", "numeric(5,2)"),
    column("day", "date"),
    column("tags", "text[]"),
    column("ok", "boolean"),
]
HEAD = "import datetime\nfrom decimal import Decimal\n"
ROWS = """
def transform():
    yield (1, 'a "b", c', Decimal("1.005"), datetime.date(2024, 1, 31), ["x", None], True)
    yield (2, "", None, None, [], None)
"""
ARROW = """
import pyarrow as pa
def transform():
    return pa.table({"id": [1, 2], "name": ['a "b", c', ""], "amount": [Decimal("1.005"), None],
                     "day": [datetime.date(2024, 1, 31), None], "tags": [["x", None], []], "ok": [True, None]})
"""


def output(peer: Peer, format: str, columns: list[dict[str, object]]) -> dict[str, object]:
    return {"type": "file", "path": str(peer.folder / "out"), "format": format, "columns": columns}


@pytest.mark.parametrize("code", [ROWS, ARROW], ids=["rows", "arrow"])
def test_csv(peer: Peer, code: str) -> None:
    assert peer.call(HEAD + code, {}, output(peer, "csv", COLUMNS)) == {"type": "done", "rows": 2}
    assert (peer.folder / "out").read_bytes() == (
        b"id,name,amount,day,tags,ok\r\n"
        b'1,"a ""b"", c",1.01,2024-01-31,"[""x"",null]",true\r\n'
        b'2,"",,,[],\r\n'
    )  # fmt: skip


@pytest.mark.parametrize("code", [ROWS, ARROW], ids=["rows", "arrow"])
def test_json_lines(peer: Peer, code: str) -> None:
    assert peer.call(HEAD + code, {}, output(peer, "json_lines", COLUMNS)) == {"type": "done", "rows": 2}
    assert (peer.folder / "out").read_text() == (
        '{"id":1,"name":"a \\"b\\", c","amount":1.01,"day":"2024-01-31","tags":["x",null],"ok":true}\n'
        '{"id":2,"name":"","amount":null,"day":null,"tags":[],"ok":null}\n'
    )


@pytest.mark.parametrize("code", [ROWS, ARROW], ids=["rows", "arrow"])
def test_parquet_has_the_declared_types(peer: Peer, code: str) -> None:
    import pyarrow.parquet as pq

    assert peer.call(HEAD + code, {}, output(peer, "parquet", COLUMNS)) == {"type": "done", "rows": 2}
    table = pq.read_table(peer.folder / "out")
    assert [str(type) for type in table.schema.types] == [
        "int64", "string", "decimal128(5, 2)", "date32[day]", "list<element: string>", "bool"
    ]  # fmt: skip
    assert str(table["amount"].to_pylist()) == "[Decimal('1.01'), None]"
    assert table["tags"].to_pylist() == [["x", None], []]


@pytest.mark.parametrize("format", ["csv", "json_lines", "parquet"])
def test_without_declared_columns_the_rows_decide(peer: Peer, format: str) -> None:
    code = "def transform(): yield {'a': 1, 'b': 'x'}; yield {'a': None, 'b': 'y'}"
    assert peer.call(code, {}, output(peer, format, [])) == {"type": "done", "rows": 2}
    written = (peer.folder / "out").read_bytes()
    assert {
        "csv": written == b"a,b\r\n1,x\r\n,y\r\n",
        "json_lines": written == b'{"a":1,"b":"x"}\n{"a":null,"b":"y"}\n',
        "parquet": written.startswith(b"PAR1") and written.endswith(b"PAR1"),
    }[format]


@pytest.mark.parametrize("format", ["csv", "json_lines", "parquet"])
@pytest.mark.parametrize("columns", [[], COLUMNS], ids=["as given", "declared"])
def test_no_rows(peer: Peer, format: str, columns: list[dict[str, object]]) -> None:
    assert peer.call("def transform(): return []", {}, output(peer, format, columns)) == {"type": "done", "rows": 0}
    written = (peer.folder / "out").read_bytes()
    header = b"id,name,amount,day,tags,ok\r\n" if columns else b""
    assert {"csv": written == header, "json_lines": written == b"", "parquet": written.startswith(b"PAR1")}[format]


def test_a_value_that_a_file_does_not_take(peer: Peer) -> None:
    code = "def transform(): yield {'id': 1}; yield {'id': float('nan')}"
    nan = peer.call(code, {}, output(peer, "json_lines", []))
    assert nan == {"kind": "value", "column": "id", "row": 2, "message": "a float has no form in JSON"}
    mixed = peer.call("def transform(): yield {'id': 1}; yield {'id': 'x'}", {}, output(peer, "parquet", []))
    assert (mixed["kind"], mixed["column"], mixed["row"]) == ("value", "id", 2)
    for format in ("csv", "json_lines", "parquet"):
        wrong = peer.call(
            "def transform(): yield (1,); yield ('x',)", {}, output(peer, format, [column("id", "bigint")])
        )
        assert (wrong["column"], wrong["row"]) == ("id", 2)
