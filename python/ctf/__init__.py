"""Python transforms for CTF, the Clover Transform Framework.

A transform is a function beside its YAML. Its parameters are named after its inputs, and it returns rows:

>>> import ctf
>>>
>>> def transform(members: ctf.Table, ctx: ctf.Context):
...     for member in members:
...         yield {"member_id": member.member_id, "active": member.end_date >= ctx.vars["run_date"]}

Rows are tuples, dicts, named tuples or dataclasses; pyarrow's and pandas' tables are taken whole or one after the other.
"""

from .context import Context, Log
from .files import File, Files
from .interval import Interval
from .map_nested import map_nested
from .table import Table

__all__ = ["Context", "File", "Files", "Interval", "Log", "Table", "map_nested"]
