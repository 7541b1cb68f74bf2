"""pyarrow and pandas, imported when they are first needed."""

from __future__ import annotations

import importlib
from typing import Any

from ..failures import missing_package


def package(name: str) -> Any:
    """The package, or one of its modules. Raises Failure where it is not installed."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise missing_package((error.name or name).split(".")[0]) from None
