"""The process of CTF behind ctf.testing: how it is found, when it lives, and when it ends."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from textwrap import dedent

import pytest
from ctf.testing import Database, Project, ServiceProblem, sql
from ctf.testing import service as service_module
from ctf.testing.executable import find_executable
from ctf.testing.plugin import Upstream
from ctf.testing.service import Service
from ctf.version import VERSION
from projects import PACKAGE, command_of_pytest, environment

RunPytest = Callable[..., CompletedProcess[str]]


def program(folder: Path, name: str, text: str = "exit 0") -> Path:
    file = folder / name
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
    return file


class TestFinding:
    def test_the_environment_then_path_then_the_package(self, tmp_path: Path) -> None:
        named, on_path = program(tmp_path, "mine"), tmp_path / "bin"
        on_path.mkdir()
        ctf, node = program(on_path, "ctf"), program(on_path, "node")
        main = tmp_path / "package/dist/cli/main.js"
        main.parent.mkdir(parents=True)
        main.touch()
        package = tmp_path / "package"
        path = {"PATH": str(on_path)}
        assert find_executable({"CTF_EXECUTABLE": str(named), **path}, package) == (str(named),)
        assert find_executable({"CTF_EXECUTABLE": str(main), **path}, package) == (str(node), str(main))
        assert find_executable(path, package) == (str(ctf),)
        ctf.unlink()
        assert find_executable(path, package) == (str(node), str(main))
        node.unlink()
        with pytest.raises(ServiceProblem, match="node is not on PATH"):
            find_executable(path, package)
        with pytest.raises(ServiceProblem, match=r"ctf is not on PATH: install it .* or let CTF_EXECUTABLE name it"):
            find_executable(path, tmp_path)
        with pytest.raises(ServiceProblem, match="CTF_EXECUTABLE is /nowhere, which is no program"):
            find_executable({"CTF_EXECUTABLE": "/nowhere", **path}, package)

    @pytest.mark.parametrize(
        ("says", "words"),
        [
            ('{"hello": {"protocol": 999, "version": "9.9.9"}}', "is CTF 9.9.9, and its Python code here is that of"),
            ('{"something": "else"}', "is not a ctf that tests in Python can talk to"),
            ("error: there is no command __serve", "CTF has ended"),
        ],
    )
    def test_another_version_is_said(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str, words: str
    ) -> None:
        monkeypatch.setenv("CTF_EXECUTABLE", str(program(tmp_path, "other", f"echo '{says}'")))
        with pytest.raises(ServiceProblem, match=words):
            Service()

    def test_a_version_that_understands_all_the_same_is_a_warning(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        hello = f'{{"hello": {{"protocol": {service_module._PROTOCOL}, "version": "9.9.9"}}}}'
        monkeypatch.setenv("CTF_EXECUTABLE", str(program(tmp_path, "other", f"echo '{hello}'")))
        with pytest.warns(UserWarning, match="is CTF 9.9.9, its Python code here that of"):
            Service().close()

    def test_what_it_last_said_is_told(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("CTF_EXECUTABLE", str(program(tmp_path, "other", "echo 'Node is too old' >&2")))
        with pytest.raises(ServiceProblem, match="CTF has ended: Node is too old"):
            Service()

    def test_all_versions_are_the_same(self) -> None:
        assert f'version = "{VERSION}"' in (PACKAGE / "pyproject.toml").read_text()
        assert f'"version": "{VERSION}"' in (PACKAGE.parent / "package.json").read_text()


class TestLife:
    HELD = """
        import os, pathlib, pytest, time
        from ctf.testing.service import service

        @pytest.mark.ctf_database("clone")
        def test_for_ever(ctf_database, upstream):
            upstream("members", 1)
            pathlib.Path({file!r}).write_text(f"{{service().pid}} {{ctf_database.url.rpartition('/')[2]}}")
            {body}
        """

    @pytest.mark.parametrize(
        "body",
        ["time.sleep(600)", "ctf_database.query('SELECT pg_sleep(8)')", "os.fork(); time.sleep(5)"],
        ids=["waiting", "in the middle of a query", "its children go on"],
    )
    def test_it_ends_with_pytest_whatever_ends_that(
        self, ctf_project: Project, ctf_database: Database, tmp_path: Path, body: str
    ) -> None:
        told = tmp_path / "told"
        os.mkfifo(told)
        test = tmp_path / "test_it.py"
        test.write_text(dedent(self.HELD.format(file=str(told), body=body)))
        started = subprocess.Popen(
            command_of_pytest(str(test)), cwd=ctf_project.root, env=environment(), stdout=subprocess.DEVNULL
        )
        pid, database = told.read_text().split()
        ended = select.poll()
        process = os.pidfd_open(int(pid))
        ended.register(process, select.POLLIN)
        started.send_signal(signal.SIGKILL)
        started.wait()
        assert ended.poll(30_000)
        os.close(process)
        assert ctf_database.query(f"SELECT FROM pg_database WHERE datname = '{database}'") == []

    def test_it_ends_with_a_process_that_is_no_pytest(self, ctf_project: Project) -> None:
        code = "from ctf.testing import sql; from ctf.testing.service import service; print(sql('SELECT 1').render(), service().pid)"
        command = [*command_of_pytest()[:1], "-c", code]
        said = subprocess.run(
            command, env=environment(), cwd=ctf_project.root, capture_output=True, text=True, check=True
        )
        text, _, pid = said.stdout.strip().rpartition(" ")
        assert text == "SELECT 1"
        with pytest.raises(ProcessLookupError):
            os.kill(int(pid), 0)

    def test_ctrl_c_breaks_off_whatever_it_does(
        self, ctf_project: Project, ctf_database: Database, tmp_path: Path
    ) -> None:
        told = tmp_path / "told"
        os.mkfifo(told)
        test = tmp_path / "test_it.py"
        body = 'ctf_database.query("SELECT pg_sleep(60)")'
        test.write_text(dedent(self.HELD.format(file=str(told), body=body)))
        started = subprocess.Popen(
            command_of_pytest(str(test)),
            cwd=ctf_project.root,
            env=environment(),
            stdout=subprocess.PIPE,
            text=True,
            # Who is started in the background, as these tests may be, hands on that Ctrl-C means nothing.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        pid, database = told.read_text().split()
        asleep = f"SELECT pg_stat_clear_snapshot() FROM pg_stat_activity WHERE datname = '{database}' AND wait_event = 'PgSleep'"
        # A look that came too early is kept for the whole transaction: then a moment has to do.
        late = time.monotonic() + 3
        while not ctf_database.query(asleep) and time.monotonic() < late:
            time.sleep(0.01)
        os.kill(started.pid, signal.SIGINT)
        said, _ = started.communicate()
        assert "KeyboardInterrupt" in said
        with pytest.raises(ProcessLookupError):
            os.kill(int(pid), 0)
        assert ctf_database.query(f"SELECT FROM pg_database WHERE datname = '{database}'") == []

    @pytest.mark.parametrize("step", ["_send", "_line"])
    def test_after_that_another_one_is_started(self, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
        first = service_module.service()

        def interrupted(*_: object) -> dict[str, object]:
            raise KeyboardInterrupt

        monkeypatch.setattr(first, step, interrupted)
        with pytest.raises(KeyboardInterrupt):
            sql("SELECT 1").render()
        assert sql("SELECT 1").render() == "SELECT 1"
        with pytest.raises(ServiceProblem, match="was broken off"):
            first.ask("render")

    def test_threads_take_turns(self) -> None:
        made: list[str] = []
        threads = [threading.Thread(target=lambda n=n: made.append(sql(f"SELECT {n}").render())) for n in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(made) == sorted(f"SELECT {n}" for n in range(20))

    def test_two_pytests_at_once(self, upstream: Upstream, run_pytest: RunPytest) -> None:
        upstream("members", 3)
        ran = run_pytest("def test_it(ctf_database): assert ctf_database.query('TABLE raw.members') == []")
        assert "1 passed" in ran.stdout, ran.stdout
