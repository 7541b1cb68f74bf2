"""Where `ctf` is."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from .errors import ServiceProblem

# In the package that this code is a part of: python/ctf/testing, dist/cli.
_PACKAGE = Path(__file__).resolve().parents[3]


def find_executable(environment: Mapping[str, str] = os.environ, package: Path = _PACKAGE) -> Sequence[str]:
    """What starts CTF: $CTF_EXECUTABLE, else `ctf` on PATH, else the package that this code came with.

    Raises ServiceProblem where there is none.
    """
    path = environment.get("PATH")
    given = environment.get("CTF_EXECUTABLE")
    if given:
        found = shutil.which(given, path=path)
        if found is None and not (given.endswith(".js") and os.path.isfile(given)):
            raise ServiceProblem(f"CTF_EXECUTABLE is {given}, which is no program that can be run")
        return _started_by_node(given, path) if given.endswith(".js") else (str(found),)
    found = shutil.which("ctf", path=path)
    if found is not None:
        return (found,)
    main = package / "dist" / "cli" / "main.js"
    if main.is_file():
        return _started_by_node(str(main), path)
    raise ServiceProblem(
        "ctf is not on PATH: install it (npm install clover-ctf), or let CTF_EXECUTABLE name it, "
        "such as node_modules/.bin/ctf"
    )


def _started_by_node(main: str, path: str | None) -> Sequence[str]:
    node = shutil.which("node", path=path)
    if node is None:
        raise ServiceProblem("node is not on PATH: CTF needs Node 20.19 or newer")
    return (node, main)
