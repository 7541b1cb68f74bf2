"""The fixtures: databases that are clean, tables that hold what a test says, transforms that run as in production."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from ctf.testing import Database, StatementRefused, TransformRefused
from ctf.testing.plugin import FrozenTime, RunTransform, Upstream
from projects import make_project, remove_project

NOW = datetime(2018, 4, 17, 6, tzinfo=UTC)
clone = pytest.mark.ctf_database("clone")
RunPytest = Callable[..., CompletedProcess[str]]


class TestUpstream:
    def test_what_is_left_out_is_made_up_and_always_the_same(self, upstream: Upstream) -> None:
        rows = upstream("members", [{"name": "Ada"}, {"born": "1990-01-01"}])
        assert "Ada" in [row["name"] for row in rows]
        assert date(1990, 1, 1) in [row["born"] for row in rows]
        assert all(row["id"] is not None for row in rows)
        assert upstream("raw.members", [{"name": "Ada"}, {"born": "1990-01-01"}]) == rows

    def test_it_says_all_that_a_table_holds(self, upstream: Upstream, ctf_database: Database) -> None:
        assert len(upstream("members", 20)) == 20
        assert len(upstream("members", [{}])) == 1
        assert upstream("members") == []
        assert ctf_database.query("SELECT * FROM raw.members") == []

    def test_values_of_pythons_own_types(self, upstream: Upstream) -> None:
        given = {
            "id": 10**15,
            "name": "O'Brien \\ ü",
            "born": date(1990, 2, 28),
            "amount": Decimal("1.10"),
            "ratio": 0.1,
            "seen": NOW,
            "tags": ["a b", None, 'c"d'],
            "doc": {"a": Decimal("1.10"), "on": date(2018, 4, 17)},
            "photo": b"\x00\xff",
            "span": "[2018-01-01,2018-02-01)",
        }
        assert upstream("members", [given]) == [{**given, "doc": {"a": Decimal("1.10"), "on": "2018-04-17"}}]
        nothing = dict.fromkeys(given, None)
        assert upstream("members", [{**nothing, "id": 1, "name": "x"}]) == [{**nothing, "id": 1, "name": "x"}]

    @pytest.mark.parametrize(
        ("name", "rows", "words"),
        [
            ("member", [], "CTF861 there is no table, transform or source member\n  Did you mean members?"),
            ("members", [{"nam": 1}], "members, row 1 CTF861 raw.members has no column nam\n  Did you mean name?"),
            ("members", [{}, {"born": "x"}], 'members, row 2, born CTF863 raw.members can\'t have this row: invalid input syntax for type date: "x"'),
            ("members", [{}, {"name": None}], 'members CTF863 raw.members can\'t have this row: null value in column "name"'),
            ("member_files", [], "CTF862 member_files is a source of files, not of rows"),
        ],
    )  # fmt: skip
    def test_what_is_wrong_is_told_with_its_row(
        self, upstream: Upstream, name: str, rows: list[dict[str, object]], words: str
    ) -> None:
        with pytest.raises(TransformRefused) as refused:
            upstream(name, rows)
        assert words in str(refused.value)
        # and the test can go on
        assert len(upstream("members", 2)) == 2

    def test_a_value_that_no_column_has(self, upstream: Upstream) -> None:
        with pytest.raises(ValueError, match="members, row 1, doc: something inside has no form in JSON"):
            upstream("members", [{"doc": {"x": float("nan")}}])

    def test_parents_are_made_only_where_the_test_has_not_given_them(
        self, upstream: Upstream, ctf_database: Database
    ) -> None:
        upstream("p.known", [{"id": 7}])
        assert [row["id"] for row in ctf_database.query("SELECT id FROM p.adults")] == [7]
        upstream("p.known", [{"id": 7}, {"id": 8}])
        assert [row["id"] for row in ctf_database.query("SELECT id FROM p.adults ORDER BY id")] == [7, 8]
        upstream("p.adults", [{"id": 9}])
        assert [row["id"] for row in upstream("p.known", [{}])] == [9]
        assert [row["id"] for row in ctf_database.query("SELECT id FROM p.adults")] == [9]

    def test_a_view_can_be_given_rows(self, upstream: Upstream, ctf_database: Database) -> None:
        upstream("p.shown", [{"id": 3}])
        upstream("p.shown", [{"id": 4}])
        assert ctf_database.query("TABLE p.shown") == [{"id": 4}]


class TestRunTransform:
    def test_a_select(self, upstream: Upstream, run_transform: RunTransform) -> None:
        upstream(
            "members",
            [{"id": 2, "born": "2000-04-17"}, {"id": 1, "born": "2000-04-18"}, {"id": 3, "born": "1950-01-01"}],
        )
        run = run_transform("adults")
        assert ([row["id"] for row in run.rows], run.counts, run.transform) == ([2, 3], {"rows": 2}, "p.adults")
        assert [row["id"] for row in run_transform("p.adults", vars={"run_date": date(2018, 4, 18)}).rows] == [1, 2, 3]
        assert [row["id"] for row in run_transform("p.adults").rows] == [2, 3]

    @pytest.mark.parametrize("mode", [pytest.param("", id="rollback"), pytest.param("", marks=clone, id="clone")])
    def test_an_upsert_and_what_comes_before_it(
        self, upstream: Upstream, run_transform: RunTransform, frozen_time: FrozenTime, mode: str
    ) -> None:
        frozen_time(NOW)
        upstream(
            "members", [{"id": 1, "name": "A", "born": "1950-01-01"}, {"id": 2, "name": "B", "born": "1950-01-01"}]
        )
        upstream("p.known", [{"id": 1, "name": "X", "since": datetime(2017, 1, 1, tzinfo=UTC)}])
        assert [row["seen_on"] for row in run_transform("adults").rows] == [date(2018, 4, 17)] * 2
        run = run_transform("known")
        assert [(row["id"], row["name"], row["since"].year) for row in run.rows] == [(1, "A", 2017), (2, "B", 2018)]
        assert run.counts == {"rows": 2, "inserted": 1, "updated": 1, "unchanged": 0, "deleted": 0}
        again = run_transform("known")
        assert (again.counts["unchanged"], again.rows) == (2, run.rows)

    @pytest.mark.parametrize("mode", [pytest.param("", id="rollback"), pytest.param("", marks=clone, id="clone")])
    def test_statements_with_several_outputs(self, upstream: Upstream, run_transform: RunTransform, mode: str) -> None:
        upstream("adults", [{"id": 1}])
        run = run_transform("both")
        assert run.outputs == {"p.log": [{"id": 1}], "p.shown": [{"id": 2}]}
        with pytest.raises(AttributeError, match=r"p.both makes p.log, p.shown: see .outputs"):
            _ = run.rows
        assert run_transform("both").outputs["p.log"] == [{"id": 1}, {"id": 1}]

    @clone
    def test_a_load_and_its_rejects(self, upstream: Upstream, run_transform: RunTransform) -> None:
        upstream(
            "member_files", files={"data/a.csv": "id,born\n1,2000-01-01\n2,soon\n", "data/b.csv": b"id,born\n3,\n"}
        )
        run = run_transform("load_members")
        assert run.rows == [{"id": 1, "born": date(2000, 1, 1)}, {"id": 3, "born": None}]
        assert (run.counts["read"], run.counts["rejected"]) == (3, 1)
        assert [(row["file"], row["line"], row["raw"]) for row in run.rejects] == [("data/a.csv", 3, "2,soon")]

    @clone
    def test_python_with_its_clock_held_still(
        self, upstream: Upstream, run_transform: RunTransform, frozen_time: FrozenTime
    ) -> None:
        frozen_time("2018-04-17T06:00:00Z")
        upstream("members", [{"id": 1, "amount": 2}])
        [row] = run_transform("score", vars={"factor": "2.5"}).rows
        assert row == {"id": 1, "score": Decimal("5.000"), "clock": [NOW, NOW, NOW], "today": date(2018, 4, 17)}

    @clone
    def test_python_with_the_real_clock(
        self, upstream: Upstream, run_transform: RunTransform, capfd: pytest.CaptureFixture[str]
    ) -> None:
        upstream("members", [{"id": 1, "amount": None}])
        begun = datetime.now(UTC)
        # ctx.now counts in milliseconds
        begun = begun.replace(microsecond=begun.microsecond // 1000 * 1000)
        [row] = run_transform("score").rows
        assert all(begun <= clock <= datetime.now(UTC) for clock in row["clock"])
        assert "scoring at 20" in capfd.readouterr().err

    def test_what_needs_sessions_of_its_own_says_how_to_get_them(self, run_transform: RunTransform) -> None:
        with pytest.raises(
            TransformRefused, match=r'Python reads its inputs.*\n.*@pytest.mark.ctf_database\("clone"\)'
        ):
            run_transform("score")

    @pytest.mark.parametrize(
        ("name", "more", "words"),
        [
            ("adult", {}, "CTF401 there is no transform adult in the project\n  Did you mean adults?"),
            ("outside", {}, "CTF862 p.outside makes nothing itself"),
            (
                "adults",
                {"vars": {"run_dat": 1}},
                "CTF861 the project has no variable run_dat\n  Did you mean run_date?",
            ),
            ("adults", {"vars": {"run_date": "soon"}}, "CTF863 the value of the variable run_date is no date"),
            ("adults", {"monitors": True}, "CTF524 p.adults: 0 rows, fewer than the 3 of row_count.min"),
        ],
    )
    @pytest.mark.parametrize("mode", [pytest.param("", id="rollback"), pytest.param("", marks=clone, id="clone")])
    def test_what_a_run_refuses(
        self, run_transform: RunTransform, name: str, more: dict[str, object], words: str, mode: str
    ) -> None:
        with pytest.raises(TransformRefused) as refused:
            run_transform(name, **more)  # type: ignore[arg-type]
        assert words in str(refused.value)
        # and the test can go on
        assert run_transform("adults").rows == []

    def test_a_doubled_key_is_refused_with_its_code(self, upstream: Upstream, run_transform: RunTransform) -> None:
        upstream("members", [{"id": 1, "born": "1950-01-01"}, {"id": 1, "born": "1951-01-01"}])
        with pytest.raises(TransformRefused) as refused:
            run_transform("adults")
        [diagnostic] = refused.value.diagnostics
        assert refused.value.codes == ("CTF512",)
        assert diagnostic.file is not None and diagnostic.words is not None and "(id)=(1)" in diagnostic.words


class TestDatabase:
    @pytest.mark.parametrize("turn", [1, 2])
    def test_nothing_is_left_by_another_test(self, ctf_database: Database, turn: int) -> None:
        assert ctf_database.query("SELECT * FROM raw.members") == []
        ctf_database.query("INSERT INTO raw.members (id, name) VALUES (1, 'x')")
        ctf_database.query("SET search_path TO raw; CREATE TEMP TABLE mine (); SET IntervalStyle TO postgres")
        assert len(ctf_database.query("TABLE members")) == 1

    def test_rows_have_pythons_types_and_the_session_keeps_its_settings(self, ctf_database: Database) -> None:
        [row] = ctf_database.query("SELECT '1 mon'::interval AS i, 1.10 AS d, '{a,NULL}'::text[] AS a, NULL AS n")
        assert row == {"i": (1, 0, 0), "d": Decimal("1.10"), "a": ["a", None], "n": None}
        assert ctf_database.query("SELECT current_setting('IntervalStyle') AS s") == [{"s": "iso_8601"}]
        assert ctf_database.query("INSERT INTO raw.members (id, name) VALUES (1, 'x') RETURNING id") == [{"id": 1}]
        assert ctf_database.query("CREATE TABLE t (); SELECT 1 AS a; SELECT 2 AS b") == [{"b": 2}]

    def test_a_test_goes_on_after_a_refused_statement(self, ctf_database: Database) -> None:
        ctf_database.query("CREATE TABLE t (a int)")
        with pytest.raises(StatementRefused, match="division by zero") as refused:
            ctf_database.query("INSERT INTO t VALUES (1); SELECT 1/0")
        assert refused.value.sqlstate == "22012"
        assert ctf_database.query("TABLE t") == []

    def test_what_statements_do_to_the_session_disturbs_nothing(
        self, ctf_database: Database, upstream: Upstream, run_transform: RunTransform
    ) -> None:
        for text in ("DEALLOCATE ALL", "PREPARE ctf_0 AS SELECT 1; PREPARE ctf_1 AS SELECT 1", "SET search_path TO ''"):
            ctf_database.query(text)
            upstream("members", [{"id": 1, "born": "1950-01-01"}])
            assert [row["id"] for row in run_transform("adults").rows] == [1]
        with pytest.raises(StatementRefused):
            ctf_database.query("DEALLOCATE ALL; SELECT 1/0")
        assert [row["id"] for row in run_transform("adults").rows] == [1]

    @pytest.mark.parametrize(
        "text", ["COMMIT", "SELECT 1; ROLLBACK", "BEGIN", "SAVEPOINT x", "PREPARE TRANSACTION 'x'"]
    )
    def test_transactions_are_not_the_tests_to_end(self, ctf_database: Database, text: str) -> None:
        with pytest.raises(TransformRefused, match="do not begin or end transactions"):
            ctf_database.query(text)

    def test_its_role_can_do_nothing_elsewhere(self, ctf_database: Database) -> None:
        rights = "rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls"
        assert ctf_database.query(f"SELECT {rights} AS more FROM pg_roles WHERE rolname = session_user") == [
            {"more": False}
        ]
        for text in (
            "SELECT pg_read_file('/etc/passwd')",
            "CREATE DATABASE mine",
            "COPY raw.members FROM PROGRAM 'true'",
        ):
            with pytest.raises(StatementRefused):
                ctf_database.query(text)

    def test_only_a_clone_has_an_address(self, ctf_database: Database) -> None:
        with pytest.raises(AttributeError, match="only a clone has an address"):
            _ = ctf_database.url

    @clone
    def test_others_can_connect_to_a_clone(self, ctf_database: Database) -> None:
        psycopg = pytest.importorskip("psycopg")
        with psycopg.connect(ctf_database.url) as connection:
            connection.execute("INSERT INTO raw.members (id, name) VALUES (1, 'x')")
        assert [row["id"] for row in ctf_database.query("TABLE raw.members")] == [1]


def test_a_session_that_is_ended_from_inside_is_told_of(run_pytest: RunPytest) -> None:
    ran = run_pytest("""
        import pytest
        from ctf.testing import TransformRefused

        def test_ends_itself(ctf_database):
            with pytest.raises(TransformRefused, match="ended its own session"):
                ctf_database.query("SELECT pg_terminate_backend(pg_backend_pid())")

        def test_goes_on(ctf_database):
            assert ctf_database.query("SELECT 1 AS a") == [{"a": 1}]
        """)
    assert "2 passed" in ran.stdout, ran.stdout


class TestPreset:
    CODE = """
        def test_it(ctf_database, upstream, run_transform):
            assert ctf_database.query("TABLE mine") == [{"a": 1}]
            ctf_database.query("INSERT INTO mine VALUES (2)")
            upstream("members", [{"id": 1, "born": "1950-01-01"}])
            assert [row["id"] for row in run_transform("adults").rows] == [1]
        """

    @clone
    def test_what_is_there_is_seen_and_nothing_is_left(self, ctf_database: Database, run_pytest: RunPytest) -> None:
        ctf_database.query("CREATE TABLE mine AS SELECT 1 AS a; DROP SCHEMA ctf CASCADE")
        ran = run_pytest(self.CODE, "--ctf-database", ctf_database.url)
        assert "1 passed" in ran.stdout, ran.stdout
        assert ctf_database.query("TABLE mine") == [{"a": 1}]
        assert ctf_database.query("TABLE raw.members") == []

    @clone
    def test_the_database_of_a_warehouse_is_refused(self, ctf_database: Database, run_pytest: RunPytest) -> None:
        ran = run_pytest(self.CODE, "--ctf-database", ctf_database.url)
        assert "CTF has run on it, so it is a warehouse" in ran.stdout, ran.stdout

    def test_a_targets_database_is_refused_without_asking_it(self, run_pytest: RunPytest) -> None:
        ctf_yaml = """
            ctf: 1
            project: test
            targets: {prod: {url_env: WAREHOUSE_URL}}
            """
        root = make_project({"ctf.yaml": ctf_yaml})
        try:
            # nobody listens there
            same = {"WAREHOUSE_URL": "postgresql://me:secret@localhost:1/prod"}
            ran = run_pytest(self.CODE, "--ctf-database", "postgresql://127.0.0.1:1/prod?x=1", folder=root, **same)
            assert "it is the database of target prod" in ran.stdout, ran.stdout
            assert "secret" not in ran.stdout
        finally:
            remove_project(root)


class TestMistakes:
    @pytest.mark.parametrize(
        ("code", "args", "words"),
        [
            ("@pytest.mark.ctf_database\ndef test_it(ctf_database): pass", [], 'write @pytest.mark.ctf_database("rollback")'),
            ("@pytest.mark.ctf_database('copy')\ndef test_it(ctf_database): pass", [], 'write @pytest.mark.ctf_database("rollback")'),
            ("@pytest.mark.ctf_database('clone')\ndef test_it(ctf_database): pass", ["--ctf-database", "postgresql://x"], "it can't be had with --ctf-database"),
        ],
    )  # fmt: skip
    def test_of_markers_and_options(self, run_pytest: RunPytest, code: str, args: list[str], words: str) -> None:
        ran = run_pytest(f"import pytest\n{code}", *args)
        assert words in ran.stdout, ran.stdout

    def test_there_is_no_project(self, run_pytest: RunPytest, tmp_path: Path) -> None:
        ran = run_pytest("def test_it(ctf_project): pass", folder=tmp_path)
        assert f"there is no ctf.yaml in {tmp_path} or above: start pytest in the project" in ran.stdout, ran.stdout

    def test_time_machine_is_not_installed(self, run_pytest: RunPytest) -> None:
        ran = run_pytest("""
            import sys
            import pytest

            def test_it(frozen_time, monkeypatch):
                monkeypatch.setitem(sys.modules, "time_machine", None)
                with pytest.raises(ModuleNotFoundError, match="pip install time-machine"):
                    frozen_time("2018-04-17T06:00:00Z")

            def test_a_time_without_its_zone(frozen_time):
                for now in ("2018-04-17", "2018-04-17T06:00:00"):
                    with pytest.raises(ValueError, match="zone"):
                        frozen_time(now)
            """)
        assert "2 passed" in ran.stdout, ran.stdout

    def test_the_tests_own_line_is_the_last_of_a_traceback(self, run_pytest: RunPytest) -> None:
        ran = run_pytest("def test_it(run_transform):\n    run_transform('adult')\n")
        assert "test_it.py:2: TransformRefused" in ran.stdout, ran.stdout
