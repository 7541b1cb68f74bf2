"""docs/guides/testing_python.md: its files are written and its commands run, in the order in which they stand there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from projects import PACKAGE, command_of_pytest, environment, make_project, remove_project

BLOCK = re.compile(r"^```(\w+) ?(\S*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def test_the_guide_shows_what_happens() -> None:
    guide = (PACKAGE.parent / "docs/guides/testing_python.md").read_text("utf-8")
    root = make_project({})
    ran = []
    try:
        for language, path, text in BLOCK.findall(guide):
            if path:
                file = root / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, "utf-8")
            elif language == "console":
                command, _, expected = text.partition("\n")
                assert command == "$ pytest"
                assert said(root) == expected.strip()
                ran.append(command)
    finally:
        remove_project(root)
    assert len(ran) == 1


def said(root: Path) -> str:
    """What pytest prints at its end, without the time."""
    # python3 is the one with the packages, as in an activated environment
    path = f"{Path(sys.executable).parent}:{environment()['PATH']}"
    # the guide's conftest.py names the plugin itself
    ran = subprocess.run(
        command_of_pytest(plugin=False), cwd=root, env=environment(PATH=path), capture_output=True, text=True
    )
    last = ran.stdout.strip().split("\n")[-1]
    assert ran.returncode == 0, ran.stdout
    return re.sub(r" in [\d.]+s$", "", last)
