"""The parts of HTTP that the server decides by: content codings, byte ranges, entity tags (RFC 9110)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_RANGE = re.compile(r"bytes=(\d*)-(\d*)", re.ASCII)


class UnsatisfiableRange(Exception):  # noqa: N818 - the name of the status, 416
    """The range lies outside the file."""


def choose_coding(accept_encoding: str, available: Sequence[str]) -> str | None:
    """Pick the content coding that the client likes best, or None for the plain file.

    Parameters
    ----------
    accept_encoding
        The header's value, with or without weights: ``"gzip;q=0.5, br"``.
    available
        Codings that exist for the file, the better one first: it wins a tie.
    """
    weights = _weights(accept_encoding)
    liked = [(weights.get(coding, weights.get("*", 0.0)), coding) for coding in available]
    best = max((weight for weight, _ in liked), default=0.0)
    if best <= 0 or weights.get("identity", 0.0) > best:
        return None
    return next(coding for weight, coding in liked if weight == best)


def _weights(accept_encoding: str) -> dict[str, float]:
    weights: dict[str, float] = {}
    for item in accept_encoding.lower().split(","):
        coding, _, parameters = item.partition(";")
        name, _, value = parameters.strip().partition("=")
        try:
            weights[coding.strip()] = float(value) if name.strip() == "q" else 1.0
        except ValueError:
            weights[coding.strip()] = 0.0
    return weights


def parse_range(header: str | None, size: int) -> tuple[int, int] | None:
    """Return the first and last byte of a single range, or None where the whole file is the right answer.

    Several ranges, other units and malformed headers are ignored, as RFC 9110 allows.

    Raises
    ------
    UnsatisfiableRange
        If the range starts behind the end, or asks for no byte at all.
    """
    match = _RANGE.fullmatch(header.strip()) if header else None
    if match is None or not (match[1] or match[2]):
        return None
    if match[1]:
        first, last = int(match[1]), int(match[2]) if match[2] else size - 1
        if match[2] and last < first:
            return None
    else:
        first, last = max(size - int(match[2]), 0), size - 1
    if first >= size or (not match[1] and int(match[2]) == 0):
        raise UnsatisfiableRange
    return first, min(last, size - 1)


def matches_etag(header: str | None, etag: str) -> bool:
    """Tell whether an If-None-Match header names `etag` (weak comparison) or everything."""
    if header is None:
        return False
    tags = [tag.strip().removeprefix("W/") for tag in header.split(",")]
    return "*" in tags or etag in tags
