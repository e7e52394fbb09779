"""JSON as it is written rather than as it is meant: keys may come twice, numbers may be any
length, and any bytes may stand for a value."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias, Union

from hypothesis import strategies as st


@dataclass(frozen=True, slots=True)
class Verbatim:
    """Bytes in the place of a value or a key."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Pairs:
    """An object, as the pairs that are written."""

    items: tuple[tuple[str | Verbatim, Tree], ...]

    @classmethod
    def of(cls, items: Iterable[tuple[str, Tree]]) -> Pairs:
        return cls(tuple(items))


Tree: TypeAlias = Union[bool, int, float, str, Verbatim, "list[Tree]", Pairs, None]
# The way to a part of a tree: the index at each level.
Path: TypeAlias = tuple[int, ...]


def tree_of(value: object) -> Tree:
    """JSON as Python has it, as a tree."""
    if isinstance(value, Mapping):
        return Pairs(tuple((str(key), tree_of(inner)) for key, inner in value.items()))
    if isinstance(value, (list, tuple)):
        return [tree_of(inner) for inner in value]
    assert value is None or isinstance(value, (bool, int, float, str))
    return value


def encode(tree: Tree) -> bytes:
    """The text of a tree."""
    if isinstance(tree, Verbatim):
        return tree.data
    if isinstance(tree, Pairs):
        return (
            b"{" + b",".join(encode(key) + b":" + encode(value) for key, value in tree.items) + b"}"
        )
    if isinstance(tree, list):
        return b"[" + b",".join(map(encode, tree)) + b"]"
    if isinstance(tree, str):
        return json.dumps(tree, ensure_ascii=False).encode("utf-8", "surrogatepass")
    if isinstance(tree, int) and not isinstance(tree, bool):
        return b"%d" % tree
    return json.dumps(tree).encode()


def paths(tree: Tree) -> Iterator[Path]:
    """The way to every part, the whole first."""
    pending: list[tuple[Path, Tree]] = [((), tree)]
    while pending:
        path, part = pending.pop()
        yield path
        pending += [((*path, index), inner) for index, inner in enumerate(_children(part))]


def at(tree: Tree, path: Path) -> Tree:
    for index in path:
        tree = _children(tree)[index]
    return tree


def put(tree: Tree, path: Path, value: Tree) -> Tree:
    """The tree with another part in a place."""
    if not path:
        return value
    index, *rest = path
    inner = put(_children(tree)[index], tuple(rest), value)
    if isinstance(tree, Pairs):
        items = list(tree.items)
        items[index] = (items[index][0], inner)
        return Pairs(tuple(items))
    assert isinstance(tree, list)
    return [*tree[:index], inner, *tree[index + 1 :]]


@st.composite
def changed(draw: st.DrawFn, tree: Tree, values: st.SearchStrategy[Tree]) -> Tree:
    """A tree with one to four changes to it."""
    for _ in range(draw(st.integers(1, 4))):
        places = list(paths(tree))
        path = places[draw(st.integers(0, len(places) - 1))]
        other = places[draw(st.integers(0, len(places) - 1))]
        tree = put(tree, path, draw(_instead(at(tree, path), at(tree, other), values)))
    return tree


@st.composite
def _instead(draw: st.DrawFn, part: Tree, other: Tree, values: st.SearchStrategy[Tree]) -> Tree:
    """What comes in the place of a part. `other` is another part of the same tree."""
    if draw(st.booleans()):
        return draw(values)
    if isinstance(part, Pairs):
        return draw(_pairs_instead(part, other, values))
    if isinstance(part, list) and part:
        index = draw(st.integers(0, len(part) - 1))
        less = part[:index] + part[index + 1 :]
        choices: list[Tree] = [less, part * 2, [*part, other], other, part[::-1]]
        return draw(st.sampled_from(choices))
    simple: list[Tree] = [other, [part], Pairs((("", part),))]
    return draw(st.sampled_from(simple))


@st.composite
def _pairs_instead(
    draw: st.DrawFn, part: Pairs, other: Tree, values: st.SearchStrategy[Tree]
) -> Tree:
    items = list(part.items)
    if not items:
        return Pairs((("a", other),))
    index = draw(st.integers(0, len(items) - 1))
    key, value = items[index]
    match draw(st.sampled_from(["remove", "twice", "rename", "add", "wrap"])):
        case "remove":
            del items[index]
        case "twice":
            items.insert(draw(st.integers(0, len(items))), (key, draw(values)))
        case "rename":
            items[index] = (draw(_KEYS), value)
        case "add":
            items.append((draw(_KEYS), other))
        case _:
            items[index] = (key, Pairs((items[index],)))
    return Pairs(tuple(items))


_KEYS: st.SearchStrategy[str | Verbatim] = st.one_of(
    st.sampled_from(
        ["", "1", "-1", "class_type", "inputs", "_meta", "is_changed", "\x00", "a" * 400]
    ),
    st.sampled_from([Verbatim(b'"\xff"'), Verbatim(b'"\\ud800"'), Verbatim(b"1"), Verbatim(b"")]),
    st.text(max_size=6),
)


def _children(tree: Tree) -> list[Tree]:
    if isinstance(tree, Pairs):
        return [value for _, value in tree.items]
    return tree if isinstance(tree, list) else []


@st.composite
def damaged(draw: st.DrawFn, data: bytes) -> bytes:
    """A text with its bytes cut, changed or moved."""
    place = draw(st.integers(0, len(data)))
    match draw(st.sampled_from(["cut", "insert", "change", "tail", "front", "twice", "encode"])):
        case "cut":
            return data[:place]
        case "insert":
            return data[:place] + draw(st.binary(min_size=1, max_size=4)) + data[place:]
        case "change":
            return data[:place] + draw(st.binary(min_size=1, max_size=1)) + data[place + 1 :]
        case "tail":
            return data + draw(st.sampled_from([b"\x00", b"}", b"[]", b"\n\n", b",", b"// a"]))
        case "front":
            return draw(st.sampled_from([b"\xef\xbb\xbf", b"\xff\xfe", b"\x00", b" " * 999])) + data
        case "twice":
            return data + data
        case _:
            text = data.decode("latin-1")
            return text.encode(draw(st.sampled_from(["utf-16", "utf-32", "utf-8", "utf-7"])))
