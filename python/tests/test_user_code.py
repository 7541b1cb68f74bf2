"""What the user's code meets: its inputs, its variables, its own mistakes."""

from __future__ import annotations

import sys

import pytest
from peer import Peer, column

ID = [column("id", "bigint")]


def test_an_input_can_be_read_in_every_way(peer: Peer) -> None:
    columns = [column("id", "bigint"), column("class", "text")]
    peer.table("m", text=b"1\ta\n2\t\\N\n", csv=b'1,"a"\n2,\n')
    code = """
def transform(m):
    assert (m.name, m.columns, repr(m)) == ("m", ("id", "class"), "<ctf.Table m: id, class>")
    assert [(row.id, row[1]) for row in m] == [(1, "a"), (2, None)]
    assert [row.id for row in m.rows()] == [1, 2]
    assert list(m.dicts()) == [{"id": 1, "class": "a"}, {"id": 2, "class": None}]
    assert [batch.num_rows for batch in m.batches()] == [2]
    assert m.arrow().to_pydict() == {"id": [1, 2], "class": ["a", None]}
    frame = m.pandas()
    assert str(frame.dtypes["id"]) == "int64[pyarrow]" and frame["class"].isna().tolist() == [False, True]
    # as much as it wants, as often as it wants, and two at a time
    assert next(m.rows()).id == 1 and next(m.dicts())["id"] == 1 and next(m.batches()).num_rows == 2
    return [(a.id, b.id) for a, b in zip(m, m)]
"""
    end = peer.call(code, {"m": columns}, [column("a", "bigint"), column("b", "bigint")])
    assert end == {"type": "done", "rows": 2}
    assert peer.data == b"1\t1\n2\t2\n"


@pytest.mark.parametrize("how", ["rows", "batches"])
def test_an_empty_input(peer: Peer, how: str) -> None:
    peer.table("m")
    code = f"def transform(m):\n    assert m.arrow().num_rows == 0\n    yield from m.{how}()"
    assert peer.call(code, {"m": ID}, ID) == {"type": "done", "rows": 0}


def test_files_are_read_as_they_are(peer: Peer) -> None:
    peer.stream("claims", "0", lambda: [b"ISA*00\r\nM\xc3\xbcl", b"ler\n"])
    peer.stream("claims", "1", lambda: [b"M\xfcller\n"])
    files = [{"name": "a.txt", "size": 16}, {"name": "b.txt", "size": 7}]
    code = """
def transform(claims):
    first, second = claims
    assert (len(claims), first.name, first.size) == (2, "a.txt", 16)
    assert first.open().read(3) == b"ISA"
    assert list(first.text()) == ["ISA*00\\n", "Müller\\n"]
    assert second.text("latin-1").read() == "Müller\\n"
    return []
"""
    assert peer.call(code, {}, ID, files={"claims": files}) == {"type": "done", "rows": 0}


def test_the_context_has_variables_in_their_types_and_a_frozen_time(peer: Peer) -> None:
    variables = {
        "run_date": {"type": "date", "value": "2024-01-31"},
        "limit": {"type": "bigint", "value": "5"},
        "share": {"type": "numeric", "value": "0.10"},
        "strict": {"type": "boolean", "value": "true"},
        "since": {"type": "timestamp with time zone", "value": "2024-01-31 10:00:00+00"},
        "plan": {"type": "text", "value": "HMO"},
        "nothing": {"type": "text", "value": None},
    }
    code = """
import datetime
from decimal import Decimal
def transform(ctx):
    assert dict(ctx.vars) == {
        "run_date": datetime.date(2024, 1, 31), "limit": 5, "share": Decimal("0.10"), "strict": True,
        "since": datetime.datetime(2024, 1, 31, 10, tzinfo=datetime.timezone.utc), "plan": "HMO", "nothing": None}
    assert ctx.now.isoformat() == "2024-01-31T10:00:00+01:00"
    return []
"""
    assert peer.call(code, {}, ID, variables=variables) == {"type": "done", "rows": 0}


def test_a_log_line_has_the_authors_text_apart_from_the_values(peer: Peer) -> None:
    code = """
def transform(ctx):
    ctx.log.info("scored %d members of %s", 2, "Smith")
    ctx.log.warning(f"no score for {'Smith'}")
    return []
"""
    peer.call(code, {}, ID)
    shown = [(event["level"], event["template"], event["text"], event["place"]["line"]) for event in peer.events]
    assert shown == [
        ("info", "scored %d members of %s", "scored 2 members of Smith", 3),
        ("warning", "", "no score for Smith", 4),
    ]


def test_prints_are_events_with_their_place(peer: Peer) -> None:
    code = """
import os, subprocess, sys
def transform():
    print("one"); print("two", "three", file=sys.stderr)
    os.write(1, b"from C\\n")
    subprocess.run(["echo", "from a process"])
    sys.stdout.buffer.write(b"bytes\\n")
    print("no end", end="")
    yield (1,)
"""
    assert peer.call(code, {}, ID) == {"type": "done", "rows": 1}
    shown = {(event["stream"], event["text"], event.get("place", {}).get("line")) for event in peer.events}
    assert shown == {
        ("stdout", "one", 4),
        ("stderr", "two three", 4),
        ("stdout", "from C", None),
        ("stdout", "from a process", None),
        ("stdout", "bytes", None),
        ("stdout", "no end", None),
    }
    assert peer.data == b"1\n"


@pytest.mark.parametrize(
    ("code", "failure"),
    [
        ("def transform():\n    return 1 +", {"kind": "syntax", "message": "invalid syntax", "line": 2}),
        ("x = 1", {"kind": "signature", "message": "the file has no function transform",
                   "hint": "begin with: def transform(m):", "line": 1}),
        ("transform = 5", {"kind": "signature", "message": "transform is no function",
                           "hint": "begin with: def transform(m):", "line": 1}),
        ("\nasync def transform(m): pass", {"kind": "signature", "message": "transform is an async function",
                                            "hint": "leave out `async`", "line": 2}),
        ("\ndef transform(m, claims): pass", {"kind": "signature", "message": "the parameter claims is no input",
                                              "hint": "the inputs are m", "line": 2}),
        ("\ndef transform(ctx): pass",
         {"kind": "signature", "message": "no parameter takes the input m",
          "hint": "write def transform(m): or take the input out of the YAML", "line": 2}),
        ("\ndef transform(*m): pass",
         {"kind": "signature", "message": "the parameter m has no one name that an input could have",
          "hint": "write def transform(m):", "line": 2}),
        ("\nimport no_such_package.inside", {"kind": "missing_package", "package": "no_such_package", "line": 2}),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_called(peer: Peer, code: str, failure: dict[str, object]) -> None:
    end = peer.call(code, {"m": ID}, ID)
    place = end.pop("place")
    assert {**end, "line": place["line"]} == failure
    assert place["file"].endswith("/scores.py")


def test_a_row_asked_for_a_column_that_it_has_not(peer: Peer) -> None:
    peer.table("m", text=b"1\n")
    end = peer.call("def transform(m):\n    for row in m:\n        yield row.ids,\n", {"m": ID}, ID)
    assert end["message"] == "m has no column ids; it has id"
    assert end["place"]["line"] == 3
    end = peer.call("def transform(m):\n    yield getattr(next(m.rows()), 'a' + 'b'),\n", {"m": ID}, ID)
    assert end["message"] == "m has no such column; it has id"


def test_an_exception_has_the_users_own_frames(peer: Peer) -> None:
    code = """
import json
def check(row):
    return json.loads("{" + row)
def transform():
    yield (1,)
    yield check("Smith")
"""
    end = peer.call(code, {}, ID)
    assert (end["kind"], end["exception"]) == ("exception", "json.decoder.JSONDecodeError")
    assert [(frame["line"], frame["function"]) for frame in end["frames"]] == [(7, "transform"), (4, "check")]
    assert end["frames"][-1]["column"] == 12


@pytest.mark.parametrize("raised", ["KeyboardInterrupt()", "SystemExit(0)", "MemoryError()"])
def test_what_ends_other_programs_is_a_failure_and_the_worker_goes_on(peer: Peer, raised: str) -> None:
    end = peer.call(f"def transform(): raise {raised}", {}, ID)
    assert (end["kind"], end["exception"]) == ("exception", raised.split("(")[0])
    assert peer.call("def transform(): return []", {}, ID)["type"] == "done"


def test_modules_beside_it_are_fresh_for_every_call(peer: Peer) -> None:
    code = "import helper\ndef transform(): return [(helper.value(),)]"
    for value in (1, 2):
        (peer.folder / "helper.py").write_text(f"def value(): return {value}")
        peer.call(code, {}, ID)
        assert peer.data == b"%d\n" % value
    (peer.folder / "helper.py").write_text("def value(): return 1 +")
    assert peer.call(code, {}, ID)["place"]["file"].endswith("/helper.py")
    (peer.folder / "helper.py").unlink()
    assert peer.call(code, {}, ID)["package"] == "helper"
    assert not (peer.folder / "__pycache__").exists()


def test_a_transform_named_like_a_module_does_not_take_its_place(peer: Peer) -> None:
    (peer.folder / "calendar.py").write_text("raise RuntimeError")
    code = "import calendar\ndef transform(): return [(calendar.monthrange(2024, 2)[1],)]"
    assert peer.call(code, {}, ID) == {"type": "done", "rows": 1}
    assert peer.data == b"29\n"


def test_what_a_dataclass_or_pickle_needs_of_its_module_is_there(peer: Peer) -> None:
    code = """
from __future__ import annotations
from dataclasses import dataclass
import pickle
@dataclass
class Row:
    id: int
def transform():
    yield pickle.loads(pickle.dumps(Row(3)))
"""
    assert peer.call(code, {}, ID) == {"type": "done", "rows": 1}


def test_the_package_needs_nothing_but_python(peer: Peer) -> None:
    code = """
import sys
def transform():
    heavy = [name for name in ("pyarrow", "pandas", "numpy") if name in sys.modules]
    assert not heavy, heavy
    return []
"""
    alone = Peer(peer.folder)
    try:
        assert alone.call(code, {}, ID) == {"type": "done", "rows": 0}
        assert alone.ready == {"type": "ready", "python": sys.version.split()[0]}
    finally:
        alone.close()
