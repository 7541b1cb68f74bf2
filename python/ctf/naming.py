"""Names of types in messages: only such as stand in code."""

from __future__ import annotations

import sys
from functools import reduce


def type_name(kind: type, with_module: bool = False) -> str:
    """Its own name, or where no module has it under that name (it was made while the code ran, and its name can be a
    value) that of the nearest type above it. Builtins go without their module.
    """
    known = next(one for one in kind.__mro__ if _is_known(one))
    if with_module and known.__module__ != "builtins":
        return f"{known.__module__}.{known.__qualname__}"
    return known.__qualname__ if with_module else known.__name__


def _is_known(kind: type) -> bool:
    try:
        return reduce(getattr, kind.__qualname__.split("."), sys.modules[kind.__module__]) is kind  # type: ignore[comparison-overlap]
    except (AttributeError, KeyError):
        return False
