"""Files that are damaged in the ways in which files are: by a seed, so that each can be made again."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

_HEAD = 64
"""Bytes in which most formats say what follows."""
_NUMBERS = [0, 1, 2, 7, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF]
_PNG = b"\x89PNG\r\n\x1a\n"


def mutated(data: bytes, random: Random) -> bytes:
    """Return `data` with one to four kinds of damage; sometimes as it is."""
    result = bytearray(data)
    for _ in range(random.choice([0, 1, 1, 1, 2, 2, 4])):
        random.choice(_DAMAGES)(result, random)
    changed = bytes(result)
    return _with_sums(changed) if changed.startswith(_PNG) and random.random() < 0.7 else changed


def _place(data: bytearray, random: Random) -> int:
    """Return a place, half of the time in the head."""
    return random.randrange(min(len(data), _HEAD) if random.random() < 0.5 else len(data)) if data else 0


def _flip(data: bytearray, random: Random) -> None:
    for _ in range(random.choice([1, 1, 3, 20])):
        if data:
            data[_place(data, random)] ^= 1 << random.randrange(8)


def _cut(data: bytearray, random: Random) -> None:
    del data[_place(data, random) :]


def _drop(data: bytearray, random: Random) -> None:
    start = _place(data, random)
    del data[start : start + random.choice([1, 2, 4, 16, 200])]


def _repeat(data: bytearray, random: Random) -> None:
    start = _place(data, random)
    part = data[start : start + random.choice([1, 4, 16, 200])]
    data[start:start] = part * random.choice([1, 2, 50])


def _lie(data: bytearray, random: Random) -> None:
    """Put a number of 1, 2 or 4 bytes where another one was: a size, a count, an offset."""
    size, code = random.choice([(1, "B"), (2, ">H"), (2, "<H"), (4, ">I"), (4, "<I")])
    at = _place(data, random)
    data[at : at + size] = struct.pack(code, random.choice(_NUMBERS) & (256**size - 1))[: max(0, len(data) - at)]


def _fill(data: bytearray, random: Random) -> None:
    start = _place(data, random)
    stop = min(len(data), start + random.choice([4, 16, 100]))
    data[start:stop] = random.choice([b"\0", b"\xff", b"A"]) * (stop - start)


def _swap(data: bytearray, random: Random) -> None:
    size = random.choice([4, 16, 64])
    one, other = sorted((_place(data, random), _place(data, random)))
    if one + size <= other and other + size <= len(data):
        data[one : one + size], data[other : other + size] = data[other : other + size], data[one : one + size]


def _noise(data: bytearray, random: Random) -> None:
    start = _place(data, random)
    stop = min(len(data), start + random.choice([4, 16, 100]))
    data[start:stop] = random.randbytes(stop - start)


def _append(data: bytearray, random: Random) -> None:
    data += random.choice([b"\0" * 9, random.randbytes(40), bytes(data[:200])])


_DAMAGES: list[Callable[[bytearray, Random], None]] = [
    *(_flip, _flip, _cut, _drop, _repeat, _lie, _lie, _lie, _fill, _swap, _noise, _append)
]


def _with_sums(data: bytes) -> bytes:
    """Return a PNG file whose checksums fit again, so that what lies behind them is looked at."""
    result, at = bytearray(data), len(_PNG)
    while at + 12 <= len(result):
        end = at + 8 + int.from_bytes(result[at : at + 4], "big")
        if end + 4 > len(result):
            break
        result[end : end + 4] = struct.pack(">I", zlib.crc32(result[at + 4 : end]))
        at = end + 4
    return bytes(result)
