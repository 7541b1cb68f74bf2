"""Fixtures for pytest.

pytest finds them by itself where this package is installed; elsewhere a conftest.py says
``pytest_plugins = ["ctf.testing.plugin"]``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import pytest

from ..clock import standing_still
from ..failures import Failure
from .clock import instant_text
from .database import Database, Project, Rows, Run
from .function import Given
from .function import call_transform as call
from .service import close_service

_MODES = ("rollback", "clone")


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("ctf", "CTF, the Clover Transform Framework")
    group.addoption(
        "--ctf-database",
        metavar="URL",
        help="a PostgreSQL database that is there already, for ctf_database; what tests do in it is rolled back",
    )
    parser.addini("ctf_project", "the folder with ctf.yaml, from the folder of pytest's configuration", type="string")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        'ctf_database(mode): how the database of a test is cleared up: "rollback" (one transaction, the default) or '
        '"clone" (a copy for this test alone, where everything is committed)',
    )


def pytest_unconfigure() -> None:
    close_service()


class Upstream(Protocol):
    def __call__(
        self,
        name: str,
        rows: Sequence[Mapping[str, object]] | int = (),
        *,
        files: Mapping[str, str | bytes] | None = None,
    ) -> Rows: ...


class RunTransform(Protocol):
    def __call__(self, transform: str, *, vars: Mapping[str, object] | None = None, monitors: bool = False) -> Run: ...


class CallTransform(Protocol):
    def __call__(
        self,
        transform: str | Callable[..., object],
        inputs: Mapping[str, Given] | None = None,
        *,
        vars: Mapping[str, object] | None = None,
    ) -> Rows: ...


class FrozenTime(Protocol):
    def __call__(self, now: str | datetime) -> None: ...


@pytest.fixture(scope="session")
def ctf_project(pytestconfig: pytest.Config) -> Project:
    """The project whose transforms are tested: `ctf_project` of pytest's configuration, else where pytest was started,
    or above."""
    named = pytestconfig.getini("ctf_project")
    if named:
        root = (pytestconfig.rootpath / str(named)).resolve()
        if not (root / "ctf.yaml").is_file():
            pytest.fail(f"ctf_project in pytest's configuration is {named}, where no ctf.yaml is", pytrace=False)
        return Project(root)
    started = pytestconfig.invocation_params.dir
    for folder in (started, *started.parents, pytestconfig.rootpath):
        if (folder / "ctf.yaml").is_file():
            return Project(Path(folder).resolve())
    pytest.fail(
        f"there is no ctf.yaml in {started} or above: start pytest in the project, "
        "or set ctf_project in pytest's configuration",
        pytrace=False,
    )


class _Clock:
    """The time of a test, for all that runs in it."""

    def __init__(self) -> None:
        self.now: str | datetime | None = None
        self.databases: list[Database] = []
        self.stop: Callable[[], object] = lambda: None

    def freeze(self, now: str | datetime) -> None:
        text = instant_text(now)
        instant = datetime.fromisoformat(text)
        if instant.utcoffset() is None:
            raise ValueError("the time needs its zone, such as 2018-04-17T06:00:00Z")
        try:
            # Without its zone's name: the machine's own zone stays.
            still = standing_still(instant.astimezone(UTC))
        except Failure:
            raise ModuleNotFoundError(
                "frozen_time needs the package time-machine, which holds Python's clock: pip install time-machine",
                name="time_machine",
            ) from None
        self.stop()
        still.__enter__()
        self.stop = lambda: still.__exit__(None, None, None)
        self.now = text
        for database in self.databases:
            database.freeze(text)


@pytest.fixture
def _ctf_clock() -> Iterator[_Clock]:
    clock = _Clock()
    yield clock
    clock.stop()


@pytest.fixture
def frozen_time(_ctf_clock: _Clock) -> FrozenTime:
    """``frozen_time("2018-04-17T06:00:00Z")``: from here on the clock stands still, Python's as well as that of
    transforms. A second call moves it. Needs time-machine."""
    return _ctf_clock.freeze


@pytest.fixture
def ctf_database(
    request: pytest.FixtureRequest, ctf_project: Project, pytestconfig: pytest.Config, _ctf_clock: _Clock
) -> Iterator[Database]:
    """A clean database with the project's tables, all of them empty.

    What a test does in it is rolled back. ``@pytest.mark.ctf_database("clone")`` gives it a copy of its own, for kinds
    that take several sessions (python, load, flatten) and for connections of one's own.
    """
    mode = _mode(request.node.get_closest_marker("ctf_database"))
    preset = pytestconfig.getoption("--ctf-database")
    if preset and mode == "clone":
        pytest.fail(
            "a clone is a copy of the project's empty tables: it can't be had with --ctf-database", pytrace=False
        )
    database = Database(ctf_project, mode, preset)
    if _ctf_clock.now is not None:
        database.freeze(_ctf_clock.now)
    _ctf_clock.databases.append(database)
    yield database
    database.close()


def _mode(marker: pytest.Mark | None) -> str:
    if marker is None:
        return "rollback"
    given: tuple[Any, ...] = (*marker.args, *marker.kwargs.values())
    if len(given) != 1 or given[0] not in _MODES:
        pytest.fail('write @pytest.mark.ctf_database("rollback") or @pytest.mark.ctf_database("clone")', pytrace=False)
    return str(given[0])


@pytest.fixture
def upstream(ctf_database: Database) -> Upstream:
    """``upstream("enrollment.coverage_spans", [{"member_id": 1}])``: what a table holds; see `Database.upstream`."""
    return ctf_database.upstream


@pytest.fixture
def run_transform(ctf_database: Database) -> RunTransform:
    """``run_transform("enrollment.member_months").rows``; see `Database.run`."""
    return ctf_database.run


@pytest.fixture
def call_transform(ctf_project: Project, _ctf_clock: _Clock) -> CallTransform:
    """``call_transform("risk.score", {"claims": [{"member_id": 1}]})``: calls a python transform's function in this
    process, without a database."""

    def called(
        transform: str | Callable[..., object],
        inputs: Mapping[str, Given] | None = None,
        *,
        vars: Mapping[str, object] | None = None,
    ) -> Rows:
        now = None if _ctf_clock.now is None else datetime.fromisoformat(instant_text(_ctf_clock.now))
        return call(ctf_project, transform, inputs, vars=vars, now=now)

    return called
