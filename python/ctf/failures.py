"""What stops a call, in the words of the protocol. No message holds a value of a table or a file."""

from __future__ import annotations

from collections.abc import Sequence


class Failure(Exception):
    """A failure as it goes to CTF: its kind and the fields of that kind."""

    def __init__(self, kind: str, **fields: object) -> None:
        super().__init__(str(fields.get("message", kind)))
        self.event: dict[str, object] = {
            "kind": kind,
            **{name: value for name, value in fields.items() if value is not None},
        }


class NoSuchColumn(AttributeError):
    """``row.x`` where the table has no column x."""

    def __init__(self, table: str, columns: Sequence[str], asked: str) -> None:
        super().__init__(f"{table} has no column {asked}", name=asked)
        self.table = table
        self.columns = columns


class Refused(Exception):
    """One value that its column doesn't take, in words without the value."""


def wrong_return(message: str, hint: str | None = None) -> Failure:
    return Failure("signature", message=message, hint=hint)


def wrong_value(column: str, row: int, message: str) -> Failure:
    """A value that can't be stored; `row` counts from 1."""
    return Failure("value", column=column, row=row, message=message)


def unreadable_value(parameter: str, column: str, row: int, message: str) -> Failure:
    """A value of an input that Python has no form for."""
    return Failure("value", parameter=parameter, column=column, row=row, message=message)


def too_large(parameter: str, megabytes: int) -> Failure:
    message = f"a row of {parameter} is larger than {megabytes} MB, which Arrow does not read"
    return Failure("signature", message=message, hint=f"read it with {parameter}.rows()")


def wrong_columns(missing: Sequence[str], unknown: Sequence[str], hint: str | None = None) -> Failure:
    return Failure("columns", missing=list(missing), unknown=list(unknown), hint=hint)


def missing_package(package: str) -> Failure:
    return Failure("missing_package", package=package)
