"""Which files belong together: those of one name without suffix, in an order in which numbers count as numbers."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class NamedPair(NamedTuple):
    """A picture and its truth.

    Attributes
    ----------
    name
        What both are called, without suffix.
    picture, truth
        Their places in the lists that they came in.
    """

    name: str
    picture: int
    truth: int


def in_order(name: str) -> list[tuple[int, str]]:
    """Return what names are sorted by: ``"a2.png"`` comes before ``"a10.png"``."""
    parts = re.split(r"(\d+)", name)
    return [(int(part), part) if part.isdecimal() else (-1, part) for part in parts]


def bare(name: str) -> str:
    """Return a name without its suffix; folders in it stay."""
    path = PurePosixPath(name)
    return path.with_suffix("").as_posix() if path.name else name  # in a page, a file may have no name at all


def lacking(names: Sequence[str], noun: str, what: str) -> str:
    """Return a sentence about those `names` that lack something; "" if there are none.

    >>> lacking(["a.jpg"], "picture", "no truth of the same name")
    'one picture has no truth of the same name: a.jpg'
    """
    if not names:
        return ""
    those = f"{len(names)} {noun}s have" if len(names) > 1 else f"one {noun} has"
    some = ", ".join(names[:3]) + (", ..." if len(names) > 3 else "")
    return f"{those} {what}: {some}"


def same_name(one: object, other: object) -> str:
    """Return a sentence about two files that have one name."""
    return f"{one} and {other} have one name, and which of them counts cannot be told"


def pair_names(pictures: Sequence[str], truths: Sequence[str]) -> tuple[list[NamedPair], list[str]]:
    """Return what belongs together, in order, and a sentence about each kind of file that is left out.

    Parameters
    ----------
    pictures, truths
        Names of files. A picture and a truth that are alone belong together whatever they are called.
    """
    found, problems = _once(pictures)
    partners, doubled = _once(truths)
    problems += doubled
    if len(pictures) == len(truths) == 1:
        return [NamedPair(bare(pictures[0]), 0, 0)], []
    alone = [pictures[at] for name, at in found.items() if name not in partners]
    unwanted = [truths[at] for name, at in partners.items() if name not in found]
    problems += [lacking(alone, "picture", "no mask of the same name")] if alone else []
    problems += [lacking(unwanted, "mask", "no picture of the same name")] if unwanted else []
    return [NamedPair(name, at, partners[name]) for name, at in found.items() if name in partners], problems


def _once(names: Iterable[str]) -> tuple[dict[str, int], list[str]]:
    """Return the places of names that only one file has, in order, and a sentence about each of the others."""
    listed = sorted(enumerate(names), key=lambda item: in_order(item[1]))
    first: dict[str, tuple[int, str]] = {}
    twice: dict[str, str] = {}
    for at, name in listed:
        if bare(name) not in first:
            first[bare(name)] = at, name
        elif bare(name) not in twice:
            twice[bare(name)] = same_name(first[bare(name)][1], name)
    return {name: at for name, (at, _) in first.items() if name not in twice}, list(twice.values())
