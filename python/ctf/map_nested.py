"""The walk of a tree: one loop for everything that is nested."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Node = TypeVar("Node")
Item = TypeVar("Item")

Path = tuple[str, ...]


def map_nested(
    tree: Node,
    items: Callable[[Node, Path], Iterable[Item]],
    children: Callable[[Node, Path], Iterable[tuple[str, Node]]],
) -> Iterator[Item]:
    """Walk a tree in pre-order, and give what `items` finds in each node.

    First comes what is in the node itself, then its children, one after the other, each with all that is below it. No more
    is held than the way to where it is, however large the tree.

    tree: the root; its own name is in no path.
    items(node, path): reads a node; what it gives is passed on. `path` are the names on the way to it.
    children(node, path): finds the nodes below, each with its name.

    >>> answers = {"main": {"name": "Ada", "home": {"city": "Newark"}}}
    >>> list(map_nested(
    ...     answers,
    ...     lambda node, path: [(".".join(path), node)] if isinstance(node, str) else [],
    ...     lambda node, path: node.items() if isinstance(node, dict) else [],
    ... ))
    [('main.name', 'Ada'), ('main.home.city', 'Newark')]
    """
    names: list[str] = []
    yield from items(tree, ())
    ways = [iter(children(tree, ()))]
    while ways:
        below = next(ways[-1], None)
        if below is None:
            ways.pop()
            if names:
                names.pop()
            continue
        name, node = below
        names.append(name)
        path = tuple(names)
        yield from items(node, path)
        ways.append(iter(children(node, path)))
