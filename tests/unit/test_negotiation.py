"""What the server makes of a request's headers."""

from __future__ import annotations

import pytest

from builder.negotiation import UnsatisfiableRange, choose_coding, matches_etag, parse_range


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("br;q=0.5, gzip;q=0.8", "gzip"),
        ("br;q=0, gzip;q=0", None),
        ("*", "br"),
        ("*;q=0.1, gzip", "gzip"),
        ("identity;q=1, br;q=0.5", None),
        ("br;q=nonsense", None),
        ("", None),
    ],
)
def test_coding_follows_the_clients_weights(accepted: str, coding: str | None):
    """The coding with the highest weight wins, brotli on a tie, and none where none is accepted."""
    assert choose_coding(accepted, ["br", "gzip"]) == coding


def test_no_coding_without_a_precompressed_form():
    """Where nothing was compressed the plain file is the answer, whatever the client takes."""
    assert choose_coding("br, gzip, *", []) is None


@pytest.mark.parametrize(
    ("asked", "part"),
    [("bytes=0-9", (0, 9)), ("bytes=990-", (990, 999)), ("bytes=-5", (995, 999)), ("bytes=-5000", (0, 999))],
)
def test_one_range(asked: str, part: tuple[int, int]):
    """A single range of a file of 1000 bytes is cut to what is there."""
    assert parse_range(asked, 1000) == part


@pytest.mark.parametrize("asked", [None, "", "bytes=9-1", "bytes=-", "bytes=a-b", "lines=0-1", "bytes=0-1,4-5"])
def test_range_that_makes_no_sense(asked: str | None):
    """Malformed ranges, other units and several ranges are ignored: the whole file is the answer."""
    assert parse_range(asked, 1000) is None


@pytest.mark.parametrize("asked", ["bytes=1000-", "bytes=5000-6000", "bytes=-0"])
def test_range_without_a_byte(asked: str):
    """A range that has no byte of the file cannot be answered."""
    with pytest.raises(UnsatisfiableRange):
        parse_range(asked, 1000)


@pytest.mark.parametrize(
    ("header", "matches"),
    [(None, False), ('"a"', True), ('W/"a"', True), ('"b", "a"', True), ("*", True), ('"b"', False), ("a", False)],
)
def test_entity_tags(header: str | None, matches: bool):
    """A tag matches when it is one of those named, weak or strong, or when all are meant."""
    assert matches_etag(header, '"a"') is matches
