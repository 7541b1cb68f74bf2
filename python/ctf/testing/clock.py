"""The clock of SQL, held still."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from .errors import Place
from .service import service


class Unfreezable(NamedTuple):
    """Something that may read the clock and could not be exchanged."""

    what: str
    place: Place
    # ``clock``: it does for certain; ``perhaps``: nobody can see whether.
    reads: str


class FrozenText(NamedTuple):
    text: str
    unfreezable: tuple[Unfreezable, ...]


def freeze_time(text: str, now: str | datetime) -> FrozenText:
    """SQL as if it were `now`, an instant with its zone: now(), CURRENT_DATE, 'today'::date and their families.

    >>> freeze_time("SELECT CURRENT_DATE", "2018-04-17T12:00:00Z").text
    "SELECT '2018-04-17T12:00:00Z'::timestamptz::date AS current_date"
    """
    told = service().ask("freeze", text=text, now=instant_text(now))
    found = (Unfreezable(one["what"], Place(one["line"], one["column"]), one["reads"]) for one in told["unfreezable"])
    return FrozenText(told["text"], tuple(found))


def instant_text(now: str | datetime) -> str:
    """Raises ValueError for a time without its zone."""
    if isinstance(now, str):
        return now
    if now.utcoffset() is None:
        raise ValueError("the time needs its zone: datetime(2018, 4, 17, 6, tzinfo=UTC)")
    return now.isoformat()
