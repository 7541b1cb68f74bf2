"""Python's own clock, held still: for tests that set the time."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from datetime import datetime

from .failures import missing_package


def standing_still(now: datetime | None) -> AbstractContextManager[object]:
    """While this lasts, datetime.now(), time.time(), date.today() and all others show `now`. None leaves them alone.

    Raises Failure where the package time-machine is not installed.
    """
    if now is None:
        return nullcontext()
    try:
        import time_machine
    except ModuleNotFoundError:
        raise missing_package("time-machine") from None
    return time_machine.travel(now, tick=False)
