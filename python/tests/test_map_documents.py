"""A person's function for each node of a document: which, in which order, and with which path."""

import doctest
from typing import Any

import pytest
from ctf import map_documents
from ctf.failures import Failure
from ctf.map_documents import map_document


def test_its_example() -> None:
    assert doctest.testmod(map_documents).failed == 0


def test_from_the_top_down_with_paths_as_in_a_schema_path() -> None:
    seen: list[str] = []

    def function(path: str, value: Any) -> Any:
        seen.append(path)
        return {"b.c": value["gone"], 'q"': []} if path == "" else value

    assert map_document(function, {"gone": [{"x": 1}]}) == {"b.c": [{"x": 1}], 'q"': []}
    assert seen == ["", r"b\.c", r"b\.c", r"b\.c.x", r"q\""]


def test_what_it_is_given_and_what_it_gives_stay_their_own() -> None:
    shared = {"a": 1}
    document = {"one": 1, "two": 2}

    def function(path: str, value: Any) -> Any:
        return shared if path in ("one", "two") else value * 2 if path.endswith(".a") else value

    assert map_document(function, document) == {"one": {"a": 2}, "two": {"a": 2}}
    assert (shared, document) == ({"a": 1}, {"one": 1, "two": 2})


def test_a_document_of_a_thousand_levels_and_a_function_whose_gifts_have_no_end() -> None:
    deep: Any = 1
    for _ in range(1000):
        deep = [deep]
    mapped: Any = map_document(lambda _path, value: value, deep)
    for _ in range(1000):
        (mapped,) = mapped
    assert mapped == 1
    with pytest.raises(Failure, match="more than 1,200 levels"):
        map_document(lambda _path, value: {"value": value}, 1)
