"""The user's file as a module, fresh for every call."""

from __future__ import annotations

import importlib
import inspect
import linecache
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.machinery import (
    EXTENSION_SUFFIXES,
    SOURCE_SUFFIXES,
    ExtensionFileLoader,
    FileFinder,
    SourceFileLoader,
)
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from ..failures import Failure
from .places import UserCode

# No name that a package or another file could have.
_NAME = "ctf_transform"


def load(file: str, root: str, user_code: UserCode, path: Sequence[str]) -> ModuleType:
    """Runs the file. The modules beside it are fresh too: another transform may have had others of the same names.

    Its folder and the project's root come last on sys.path, so that a transform named `calendar` doesn't take the place
    of the module that pandas imports.
    """
    for name, module in list(sys.modules.items()):
        if name == _NAME or _is_of(module, user_code):
            del sys.modules[name]
    _import_fresh(user_code)
    # the lines of a traceback are those of the file as it is now
    linecache.clearcache()
    os.chdir(root)
    sys.path[:] = dict.fromkeys((*path, os.path.dirname(file), root))
    sys.argv[:] = [file]
    module = ModuleType(_NAME)
    module.__file__ = file
    sys.modules[_NAME] = module
    exec(compile(Path(file).read_bytes(), file, "exec", dont_inherit=True), module.__dict__)
    return module


def transform_of(module: ModuleType, parameters: Sequence[str]) -> Callable[..., object]:
    """The file's function, if it takes these inputs. Raises Failure."""
    file = str(module.__file__)
    wanted = f"def transform({', '.join(parameters)}):"
    transform = getattr(module, "transform", None)
    if transform is None:
        raise _wrong("the file has no function transform", file, 1, f"begin with: {wanted}")
    line = _line(transform)
    if not callable(transform) or isinstance(transform, type):
        raise _wrong("transform is no function", file, line, f"begin with: {wanted}")
    if inspect.iscoroutinefunction(transform) or inspect.isasyncgenfunction(transform):
        raise _wrong("transform is an async function", file, line, "leave out `async`")
    taken = inspect.signature(transform).parameters
    for name, parameter in taken.items():
        if parameter.kind not in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
            raise _wrong(
                f"the parameter {name} has no one name that an input could have", file, line, f"write {wanted}"
            )
        if name not in parameters and name != "ctx" and parameter.default is parameter.empty:
            hint = f"the inputs are {', '.join(parameters)}" if parameters else "the transform declares no inputs"
            raise _wrong(f"the parameter {name} is no input", file, line, hint)
    for name in parameters:
        if name not in taken:
            hint = f"write {wanted} or take the input out of the YAML"
            raise _wrong(f"no parameter takes the input {name}", file, line, hint)
    return transform  # type: ignore[no-any-return]


def function_of(module: ModuleType, name: str) -> Callable[..., object]:
    """The file's function that maps a document's nodes. Raises Failure."""
    file = str(module.__file__)
    wanted = f"write: def {name}(path, value):"
    function = getattr(module, name, None)
    if function is None:
        raise _wrong(f"the file has no function {name}", file, 1, wanted)
    if not callable(function) or isinstance(function, type):
        raise _wrong(f"{name} is no function", file, _line(function), wanted)
    if inspect.iscoroutinefunction(function) or inspect.isgeneratorfunction(function):
        raise _wrong(f"{name} has to return a value", file, _line(function), wanted)
    try:
        inspect.signature(function).bind("", None)
    except TypeError:
        raise _wrong(f"{name} does not take a path and a value", file, _line(function), wanted) from None
    return function  # type: ignore[no-any-return]


def arguments(transform: Callable[..., object], given: Mapping[str, object]) -> dict[str, Any]:
    """Of what could be given, what it takes."""
    taken = inspect.signature(transform).parameters
    return {name: value for name, value in given.items() if name in taken}


class _FreshLoader(SourceFileLoader):
    """Compiles anew and writes no __pycache__: a file that changed in this second has the time of its old one."""

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path)


class _UserFinders:
    """Finds modules in the user's folders. Packages that are installed keep Python's own way."""

    def __init__(self, user_code: UserCode) -> None:
        self._user_code = user_code
        self._find = FileFinder.path_hook((_FreshLoader, SOURCE_SUFFIXES), (ExtensionFileLoader, EXTENSION_SUFFIXES))

    def __call__(self, path: str) -> Any:
        if not self._user_code.owns(f"{path}/"):
            raise ImportError
        return self._find(path)


def _import_fresh(user_code: UserCode) -> None:
    sys.path_hooks[:] = [hook for hook in sys.path_hooks if not isinstance(hook, _UserFinders)]
    sys.path_hooks.insert(0, _UserFinders(user_code))
    sys.path_importer_cache.clear()
    importlib.invalidate_caches()


def _is_of(module: ModuleType, user_code: UserCode) -> bool:
    file = getattr(module, "__file__", None)
    if isinstance(file, str):
        return user_code.owns(file)
    # a folder without __init__.py
    return any(user_code.owns(f"{folder}/") for folder in getattr(module, "__path__", ()))


def _line(transform: object) -> int:
    code = getattr(inspect.unwrap(transform) if callable(transform) else transform, "__code__", None)
    return code.co_firstlineno if code is not None else 1


def _wrong(message: str, file: str, line: int, hint: str) -> Failure:
    return Failure("signature", message=message, hint=hint, place={"file": file, "line": line})
