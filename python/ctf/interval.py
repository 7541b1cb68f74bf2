"""PostgreSQL's interval, without loss: a month is no number of days, and a day no number of hours."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import NamedTuple

_ISO = re.compile(
    r"P(?:(-?\d+)Y)?(?:(-?\d+)M)?(?:(-?\d+)W)?(?:(-?\d+)D)?"
    r"(?:T(?:(-?\d+)H)?(?:(-?\d+)M)?(?:(-?)(\d+)(?:\.(\d{1,6}))?S)?)?"
)


class Interval(NamedTuple):
    """Months, days and microseconds, as PostgreSQL keeps them.

    >>> Interval(months=1, days=2)
    Interval(months=1, days=2, microseconds=0)
    """

    months: int = 0
    days: int = 0
    microseconds: int = 0

    def to_timedelta(self) -> timedelta:
        """As a timedelta. Raises ValueError where there are months: they have no fixed length."""
        if self.months:
            raise ValueError("an interval with months or years has no fixed length")
        return timedelta(days=self.days, microseconds=self.microseconds)

    def iso(self) -> str:
        """As ISO 8601 with PostgreSQL's signs: ``P1M-2DT3.5S``."""
        sign = "-" if self.microseconds < 0 else ""
        seconds, fraction = divmod(abs(self.microseconds), 1_000_000)
        return f"P{self.months}M{self.days}DT{sign}{seconds}.{fraction:06d}S"

    @classmethod
    def from_timedelta(cls, delta: timedelta) -> Interval:
        """From a timedelta: its days stay days."""
        return cls(0, delta.days, delta.seconds * 1_000_000 + delta.microseconds)

    @classmethod
    def parse(cls, text: str) -> Interval:
        """From PostgreSQL's text under IntervalStyle iso_8601. Raises ValueError, for infinity too."""
        match = _ISO.fullmatch(text)
        if match is None:
            raise ValueError("not a finite interval")
        years, months, weeks, days, hours, minutes = (int(part or 0) for part in match.groups()[:6])
        sign, seconds, fraction = match.groups()[6:]
        within = int(seconds or 0) * 1_000_000 + int((fraction or "").ljust(6, "0"))
        return cls(
            12 * years + months,
            7 * weeks + days,
            (hours * 3600 + minutes * 60) * 1_000_000 + (-within if sign else within),
        )
