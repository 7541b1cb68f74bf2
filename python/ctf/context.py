"""What a transform may know beside its inputs: a parameter named `ctx` gets it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any


class Log:
    """Lines in the log of the run.

    >>> ctx.log.info("scored %d members", count)

    The first text is shown as it is written in the code. What is filled in may hold values of the data, so it is masked
    unless CTF runs with --show-data; a text that is put together before (an f-string) is masked whole.
    """

    def __init__(self, write: Callable[[str, str, tuple[object, ...]], None]) -> None:
        self._write = write

    def debug(self, template: str, *values: object) -> None:
        self._write("debug", template, values)

    def info(self, template: str, *values: object) -> None:
        self._write("info", template, values)

    def warning(self, template: str, *values: object) -> None:
        self._write("warning", template, values)

    def error(self, template: str, *values: object) -> None:
        self._write("error", template, values)


class Context:
    """Variables, the time of the run, and a log."""

    def __init__(self, vars: Mapping[str, Any], now: datetime, log: Log) -> None:
        self._vars = vars
        self._now = now
        self._log = log

    @property
    def vars(self) -> Mapping[str, Any]:
        """The project's variables by name, each in the type that it was declared with: date, int, Decimal, bool,
        datetime or str.

        >>> ctx.vars["run_date"]
        datetime.date(2024, 1, 31)
        """
        return self._vars

    @property
    def now(self) -> datetime:
        """When the run began, with its zone: the same in every transform of a run, and what a test sets."""
        return self._now

    @property
    def log(self) -> Log:
        return self._log
