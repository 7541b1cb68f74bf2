"""Tests in Python: pieces of SQL, databases that are clean, and transforms that run as in production.

>>> from ctf.testing import cte, patch, sql
>>>
>>> latest = sql(text, cte("latest"), patch(cte("spans"), [(1, "A")], ["member_id", "plan"]))
>>> latest.run(connection)
[{'member_id': 1, 'plan': 'A'}]

Fixtures for pytest are in `ctf.testing.plugin`. The work is done by CTF itself, in a process that is started when it is
first needed and ends with this one.
"""

from .clock import FrozenText, freeze_time
from .database import Database, Project, Run
from .errors import (
    BadSelector,
    Candidate,
    CannotReplace,
    CannotRun,
    ColumnsNeeded,
    Diagnostic,
    NestedMatch,
    NoMatch,
    Overlap,
    PieceProblem,
    Place,
    RowMismatch,
    ServiceProblem,
    SeveralMatches,
    SideEffectsExhausted,
    SqlSyntax,
    StatementRefused,
    TransformRefused,
    UnwritableValue,
)
from .mocks import mock
from .patches import Data, Patch, data, patch
from .pieces import Piece, body, create_table_as, cte, insert_into, piece, statement, subquery, table
from .queries import Query, Rendering, Replaced, sql, sql_file

__all__ = [
    "BadSelector",
    "Candidate",
    "CannotReplace",
    "CannotRun",
    "ColumnsNeeded",
    "Data",
    "Database",
    "Diagnostic",
    "FrozenText",
    "NestedMatch",
    "NoMatch",
    "Overlap",
    "Patch",
    "Piece",
    "PieceProblem",
    "Place",
    "Project",
    "Query",
    "Rendering",
    "Replaced",
    "RowMismatch",
    "Run",
    "ServiceProblem",
    "SeveralMatches",
    "SideEffectsExhausted",
    "SqlSyntax",
    "StatementRefused",
    "TransformRefused",
    "UnwritableValue",
    "body",
    "create_table_as",
    "cte",
    "data",
    "freeze_time",
    "insert_into",
    "mock",
    "patch",
    "piece",
    "sql",
    "sql_file",
    "statement",
    "subquery",
    "table",
]
