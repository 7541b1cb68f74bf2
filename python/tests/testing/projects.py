"""Projects for tests, and how a pytest of its own is started in one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from textwrap import dedent

from ctf.testing.executable import find_executable

PACKAGE = Path(__file__).resolve().parents[2]
# not one that is installed on this machine
os.environ.setdefault("CTF_EXECUTABLE", str(PACKAGE.parent / "dist/cli/main.js"))

FILES = {
    "ctf.yaml": f"""
        ctf: 1
        project: test
        python: {sys.executable}
        vars:
          run_date: {{type: date, default: 2018-04-17}}
          factor: {{type: numeric, default: 1.5}}
        """,
    "sources/raw.yaml": """
        sources:
          - name: members
            table: raw.members
            columns:
              - {name: id, type: bigint, not_null: true}
              - {name: name, type: text, not_null: true}
              - {name: born, type: date}
              - {name: amount, type: "numeric(12,2)"}
              - {name: ratio, type: float8}
              - {name: seen, type: timestamptz}
              - {name: tags, type: "text[]"}
              - {name: doc, type: jsonb}
              - {name: photo, type: bytea}
              - {name: span, type: daterange}
          - name: member_files
            file: data/*.csv
        """,
    "pipelines/p/pipeline.yaml": """
        description: P
        owners: [us@clover.example]
        """,
    "pipelines/p/adults.yaml": """
        kind: create_table_as
        inputs: [{source: members}]
        output:
          table: p.adults
          columns: [{name: id, type: bigint, not_null: true}, {name: name, type: text}, {name: seen_on, type: date}]
          primary_key: [id]
        monitors: [{row_count: {min: 3}}]
        """,
    "pipelines/p/adults.sql": """
        SELECT id, name, CURRENT_DATE AS seen_on FROM raw.members
        WHERE born <= current_setting('ctf.run_date')::date - interval '18 years'
        """,
    "pipelines/p/known.yaml": """
        kind: upsert
        inputs: [{transform: adults}]
        output:
          table: p.known
          columns:
            - {name: number, type: bigint, not_null: true, identity: always}
            - {name: id, type: bigint, not_null: true}
            - {name: name, type: text}
            - {name: since, type: timestamptz, default: now()}
          primary_key: [id]
          foreign_keys: [{columns: [id], references: {table: p.adults, columns: [id]}}]
        """,
    "pipelines/p/known.sql": "SELECT id, name FROM p.adults",
    "pipelines/p/both.yaml": """
        kind: sql
        inputs: [{transform: adults}]
        outputs:
          - table: p.log
            columns: [{name: id, type: bigint}]
          - view: p.shown
            columns: [{name: id, type: bigint}]
        """,
    "pipelines/p/both.sql": """
        CREATE TABLE IF NOT EXISTS p.log (id bigint);
        INSERT INTO p.log SELECT id FROM p.adults;
        CREATE OR REPLACE VIEW p.shown AS SELECT id + 1 AS id FROM p.log;
        """,
    "pipelines/p/load_members.yaml": """
        kind: load
        inputs: [{source: member_files}]
        max_rejects: 5
        output:
          table: p.loaded
          columns: [{name: id, type: bigint, not_null: true}, {name: born, type: date}]
          primary_key: [id]
        """,
    "pipelines/p/score.yaml": """
        kind: python
        inputs: [{source: members}, {source: member_files}]
        output:
          table: p.score
          columns:
            - {name: id, type: bigint, not_null: true}
            - {name: score, type: "numeric(6,3)"}
            - {name: clock, type: "timestamptz[]"}
            - {name: today, type: date}
          primary_key: [id]
        """,
    "pipelines/p/score.py": """
        import time
        from datetime import UTC, date, datetime

        import ctf


        def transform(members: ctf.Table, member_files: ctf.Files, ctx: ctf.Context):
            ctx.log.info("scoring at %s", ctx.now)
            for member in members:
                times = [datetime.now(UTC), datetime.fromtimestamp(time.time(), UTC), ctx.now]
                yield member.id, (member.amount or 0) * ctx.vars["factor"], times, date.today()
        """,
    "pipelines/p/outside.yaml": """
        kind: no_op
        output: {table: other.system, columns: [{name: id, type: bigint}]}
        """,
}


def write(root: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(dedent(text).lstrip())


def make_project(files: dict[str, str]) -> Path:
    root = Path(tempfile.mkdtemp(prefix="ctf-test-"))
    # the server's own user has to get in where the tests run as root
    root.chmod(0o755)
    write(root, files)
    return root


def remove_project(root: Path) -> None:
    subprocess.run([*find_executable(), "db", "stop"], cwd=root, capture_output=True, check=True)
    shutil.rmtree(root)


def command_of_pytest(*args: str, plugin: bool = True) -> list[str]:
    options = [
        "-q",
        "-p",
        "no:cacheprovider",
        *(["-p", "ctf.testing.plugin"] if plugin else []),
        "--rootdir",
        os.curdir,
    ]
    return [sys.executable, "-m", "pytest", *options, *args]


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(PACKAGE), "PYTHONDONTWRITEBYTECODE": "1", **more}
