"""Anything nested, by how to read a node and how to find its children."""

import doctest
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

from ctf import map_nested


def test_its_example() -> None:
    # The function has the module's name.
    module = importlib.import_module("ctf.map_nested")
    assert doctest.testmod(module).failed == 0


def test_pre_order_and_no_further_than_asked() -> None:
    seen: list[str] = []

    def items(node: int, path: tuple[str, ...]) -> Iterator[str]:
        seen.append("/".join(path))
        yield f"{node}"

    def children(node: int, _path: tuple[str, ...]) -> Iterator[tuple[str, int]]:
        if node < 8:
            yield "l", 2 * node
            yield "r", 2 * node + 1

    assert list(map_nested(1, items, children)) == [str(n) for n in (1, 2, 4, 8, 9, 5, 10, 11, 3, 6, 12, 13, 7, 14, 15)]
    seen.clear()
    walk = map_nested(1, items, children)
    assert [next(walk), next(walk), next(walk)] == ["1", "2", "4"]
    assert seen == ["", "l", "l/l"]


def test_depth_is_no_limit() -> None:
    deepest = 5_000
    found = map_nested(0, lambda node, _: [node], lambda node, _: [("x", node + 1)] if node < deepest else [])
    assert max(found) == deepest


def test_the_guide_does_what_it_says() -> None:
    guide = (Path(__file__).parents[2] / "docs/guides/nested_json.md").read_text()
    (block,) = [one for one in re.findall(r"^```python\n(.*?)^```$", guide, re.S | re.M) if "map_nested" in one]
    exec(block, {})
