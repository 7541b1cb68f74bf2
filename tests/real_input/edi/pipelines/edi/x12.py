"""X12 texts as records: every segment of a file is in exactly one of them.

A file is an interchange (ISA to IEA) of groups (GS to GE) of transaction sets (ST to SE). Within a set a CLM begins a
claim (837), an INS a member (834), an RMR a payment (820). What stands before is the header that they share: who sends,
who bills, whose subscriber it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import chain
from pathlib import PurePosixPath
from typing import Literal, NamedTuple

import ctf

Kind = Literal["envelope", "header", "claim", "member", "payment", "reject"]

ENVELOPE = {"ISA", "GS", "ST", "SE", "GE", "IEA"}
# What a transaction set is made of, and what begins a record in it.
BEGINS: dict[str, tuple[str, Kind]] = {"837": ("CLM", "claim"), "834": ("INS", "member"), "820": ("RMR", "payment")}
KNOWN = {
    "837": set("BHT HL NM1 N3 N4 PER REF PRV SBR PAT DMG CLM DTP AMT NTE CN1 PWK CRC HI QTY LX SV1 SV2 LIN CTP".split()),
    "834": set("BGN REF DTP QTY N1 INS NM1 PER N3 N4 DMG LUI HD AMT".split()),
    "820": set("BPR TRN REF N1 N3 N4 PER ENT NM1 RMR DTM ADX".split()),
}
# These begin another subscriber or payee: the record before them is over.
LOOPS = {"HL", "ENT"}

# Which element of a segment is an amount; which two are a date's format and the date.
AMOUNTS = {"CLM": 2, "SV1": 2, "SV2": 3, "AMT": 2, "BPR": 2, "RMR": 4, "ADX": 1}
DATES = {"DMG": (1, 2), "DTP": (2, 3), "DTM": (5, 6)}


class Segment(NamedTuple):
    place: int
    """In its file, from 1."""
    name: str
    elements: tuple[str, ...]
    between_parts: str = ":"
    """What stands between the parts of an element, as its ISA says."""

    def element(self, number: int) -> str | None:
        """``element(2)`` of a CLM is what the guides call CLM02. None where it is empty or left out."""
        return self.elements[number - 1] or None if number <= len(self.elements) else None

    def parts(self, number: int) -> list[str]:
        """Of ``HC:99213:25``, all three."""
        return (self.element(number) or "").split(self.between_parts)

    def amount(self) -> Decimal:
        """In dollars and cents. Raises ValueError where it is none."""
        text = self.element(AMOUNTS[self.name]) or ""
        if not re.fullmatch(r"-?(\d{1,10}(\.\d{0,2})?|\.\d{1,2})", text):
            raise ValueError("no amount")
        return Decimal(text)

    def days(self) -> tuple[date, date] | None:
        """First and last; None where it is a time, not a date. Raises ValueError where it is no date at all."""
        form, value = (self.element(number) or "" for number in DATES[self.name])
        if form not in ("D8", "RD8"):
            return None
        first, _, last = value.partition("-")
        return _day(first), _day(last or first)


class Record(NamedTuple):
    kind: Kind
    file: str
    segments: list[Segment]
    header: dict[str, Segment]
    """What stands before it, by name and first element, such as ``NM1*85``: the latest of each."""
    reason: str = ""
    """Of a reject."""

    @property
    def place(self) -> int:
        return self.segments[0].place

    def all(self, *names: str) -> list[Segment]:
        """Its segments of these names, ``NM1`` or ``NM1*IL``."""
        return [segment for segment in self.segments if segment.name in names or _key(segment) in names]

    def first(self, name: str) -> Segment | None:
        """Its own, or else the header's."""
        return next(iter(self.all(name)), self.header.get(name))

    def value(self, name: str, number: int) -> str | None:
        segment = self.first(name)
        return segment.element(number) if segment else None

    def texts(self) -> list[list[str]]:
        """As they came, for a column of type jsonb."""
        return [[segment.name, *segment.elements] for segment in self.segments]


def records(files: ctf.Files, *kinds: Kind) -> Iterator[Record]:
    """Those of these kinds, in order. A segment that can't be read is a reject of its own."""
    return (record for file in files for record in _records(file) if record.kind in kinds)


def _records(file: ctf.File) -> Iterator[Record]:
    name = PurePosixPath(file.name).name
    header: dict[str, Segment] = {}
    current: Record | None = None
    within, size = "", 0
    segment = None
    for segment in _segments(file):
        if segment.name == "ST":
            within, size, header = segment.element(1) or "", 0, {}
        size += 1
        begins, kind = BEGINS.get(within, ("", "header"))
        if current and segment.name in ENVELOPE | LOOPS | {begins}:
            yield current
            current = None
        if segment.name in LOOPS:
            header = _outside_of(segment, header)

        reason = _fault(segment, within, size)
        if reason:
            yield Record("reject", name, [segment], header, reason)
            if segment.name == begins:
                current = Record("reject", name, [], header, f"follows a rejected {begins}")
        elif segment.name in ENVELOPE:
            yield Record("envelope", name, [segment], header)
        elif segment.name == begins:
            current = Record(kind, name, [segment], dict(header))
        elif current:
            current.segments.append(segment)
        else:
            header[segment.name] = header[_key(segment)] = segment
            yield Record("header", name, [segment], header)
        if segment.name == "SE":
            within = ""
    if segment is None or segment.name != "IEA":
        raise ValueError("the file ends before its IEA: it is not whole")


def _segments(file: ctf.File) -> Iterator[Segment]:
    """Streamed. The ISA, which always has 106 characters, says what ends an element and a segment."""
    with file.text() as text:
        isa = text.read(106)
        if len(isa) < 106 or not isa.startswith("ISA"):
            raise ValueError("the file does not begin with an ISA: it is no X12")
        between, between_parts, end = isa[3], isa[104], isa[105]
        place, rest = 0, ""
        for chunk in chain([isa], iter(lambda: text.read(1 << 16), ""), [end]):
            *whole, rest = (rest + chunk).split(end)
            for piece in filter(None, (piece.strip("\r\n") for piece in whole)):
                place += 1
                name, *elements = piece.split(between)
                yield Segment(place, name, tuple(elements), between_parts)


def _fault(segment: Segment, within: str, size: int) -> str | None:
    """Why it can't be kept. It names elements, never what they say."""
    name = segment.name
    if name == "SE" and segment.element(1) != str(size):
        return "SE01 is not the number of segments from ST to SE"
    if name in ENVELOPE:
        return None
    if within not in KNOWN:
        return "stands in no transaction set that is read here"
    if name not in KNOWN[within]:
        return f"{name} is not known in an {within}"
    what = ""
    try:
        if name in AMOUNTS:
            what = f"{name}{AMOUNTS[name]:02} is not an amount"
            segment.amount()
        if name in DATES:
            what = f"{name}{DATES[name][1]:02} is not a date"
            segment.days()
    except ValueError:
        return what
    return None


def _outside_of(loop: Segment, header: dict[str, Segment]) -> dict[str, Segment]:
    """The header without what was said of the subscriber or payee before; of another biller, without all of it."""
    if loop.name == "HL" and loop.element(3) == "20":
        return {}
    about_people = ("NM1*IL", "NM1*QC", "SBR", "DMG")
    return {key: segment for key, segment in header.items() if not key.startswith(about_people)}


def _key(segment: Segment) -> str:
    return f"{segment.name}*{segment.element(1) or ''}"


def _day(text: str) -> date:
    if not re.fullmatch(r"\d{8}", text):
        raise ValueError("no date")
    return date.fromisoformat(text)
