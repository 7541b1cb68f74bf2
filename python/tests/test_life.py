"""When a worker lives and when it dies."""

from __future__ import annotations

import os
import select
from pathlib import Path

import pytest
from peer import Peer, column


@pytest.mark.parametrize(
    "body",
    [
        "time.sleep(3600)",
        # in C, without letting another thread run
        "re.match(r'(a+)+$', 'a' * 64 + 'b')",
        "try: time.sleep(3600)\n    except BaseException: time.sleep(3600)",
        "",
    ],
    ids=["waiting", "busy in C", "stubborn", "idle"],
)
def test_it_dies_with_its_connection_whatever_it_does(tmp_path: Path, body: str) -> None:
    peer = Peer(tmp_path)
    if body:
        peer.start(f"import re, time\ndef transform():\n    print('begun')\n    {body}\n    return []")
        assert peer.event()["text"] == "begun"
    # waits for the process
    peer.close()


def test_a_reader_that_goes_away_is_a_failure_and_the_worker_goes_on(tmp_path: Path) -> None:
    peer = Peer(tmp_path)
    peer.refuse_output = True
    end = peer.call("def transform():\n    while True: yield (1,)", {}, [column("id", "bigint")])
    assert (end["kind"], end["exception"]) == ("internal", "BrokenPipeError")
    peer.refuse_output = False
    assert peer.call("def transform(): return [(1,)]", {}, [column("id", "bigint")])["type"] == "done"
    peer.close()


@pytest.mark.parametrize("code", ["yield from m", "yield from m.batches()"], ids=["rows", "batches"])
def test_memory_stays_flat(tmp_path: Path, code: str) -> None:
    """More goes through than it may have."""
    peer = Peer(tmp_path)
    peer.keep_data = False
    block = b"x" * 1000 + b"\n"
    for format in ("text", "csv"):
        peer.stream("m", format, lambda: (block * 1000 for _ in range(350)))
    limited = f"""
import resource
def transform(m):
    {code}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert peak < 300_000, peak
"""
    columns = [column("x", "text")]
    assert peer.call(limited, {"m": columns}, columns) == {"type": "done", "rows": 350_000}
    peer.close()


def test_what_it_started_dies_with_it_and_the_socket_is_gone(tmp_path: Path) -> None:
    peer = Peer(tmp_path)
    peer.start(
        "import subprocess, time\n"
        "def transform():\n"
        "    print(subprocess.Popen(['sleep', '3600']).pid)\n"
        "    time.sleep(3600)"
    )
    started = int(peer.event()["text"])
    child = os.pidfd_open(started)
    peer.hang_up()
    ended = select.poll()
    ended.register(child, select.POLLIN)
    assert ended.poll(10_000)
    os.close(child)
    assert not peer.socket_folder.exists()
    peer.close()
