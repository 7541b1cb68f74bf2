"""A project on a scratch server of its own, for all tests of this folder; pytest's processes that tests start share it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import pytest
from ctf.testing import Project
from ctf.testing.service import close_service
from projects import FILES, command_of_pytest, environment, make_project, remove_project


@pytest.fixture(scope="session")
def ctf_project() -> Iterator[Project]:
    root = make_project(FILES)
    yield Project(root)
    close_service()
    remove_project(root)


@pytest.fixture
def run_pytest(ctf_project: Project, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs tests in a pytest of their own, in the project's folder: what it prints, without times."""

    def run(code: str, *args: str, folder: Path = ctf_project.root, **env: str) -> subprocess.CompletedProcess[str]:
        file = tmp_path / "test_it.py"
        file.write_text(dedent(code))
        return subprocess.run(
            command_of_pytest(str(file), *args), cwd=folder, env=environment(**env), capture_output=True, text=True
        )

    return run
