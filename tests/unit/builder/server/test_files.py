"""What the server sends of a file: its type, its coding, its tag, its parts."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import brotli
import pytest

from tests.unit.builder.server.asking import TEXT, ask

if TYPE_CHECKING:
    from pathlib import Path

    from builder.serving.serve import Server


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("a.wasm", "application/wasm"),
        ("a.mjs", "text/javascript; charset=utf-8"),
        ("a.js", "text/javascript; charset=utf-8"),
        ("a.json", "application/json"),
        ("a.whl", "application/octet-stream"),
        ("a.onnx", "application/octet-stream"),
        ("a.svg", "image/svg+xml"),
        ("a.mp4", "video/mp4"),
        ("a.webm", "video/webm"),
        ("a.webmanifest", "application/manifest+json"),
        ("", "text/html; charset=utf-8"),
    ],
)
def test_types(server: Server, name: str, content_type: str):
    """Each kind of file has its registered type, whatever the machine's own table says."""
    assert ask(server, f"/{name}")[0].headers["Content-Type"] == content_type


def test_precompressed_forms(server: Server):
    """A client that takes brotli or gzip gets the file made at build time, whose content is the file's own."""
    plain, body = ask(server, "/text.txt")
    assert (plain.headers["Content-Encoding"], body) == (None, TEXT)
    brotlied, body = ask(server, "/text.txt", Accept_Encoding="br, gzip")
    assert (brotlied.headers["Content-Encoding"], brotli.decompress(body)) == ("br", TEXT)
    gzipped, body = ask(server, "/text.txt", Accept_Encoding="gzip")
    assert (gzipped.headers["Content-Encoding"], gzip.decompress(body)) == ("gzip", TEXT)
    assert {answer.headers["Vary"] for answer in (plain, brotlied, gzipped)} == {"Accept-Encoding"}
    assert {answer.headers["Content-Type"] for answer in (plain, brotlied, gzipped)} == {"text/plain; charset=utf-8"}
    assert len({answer.headers["ETag"] for answer in (plain, brotlied, gzipped)}) == 3


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
        ("br;q=nan", None),
        ("br;q=inf, gzip", "gzip"),
        ("", None),
    ],
)
def test_coding_follows_the_clients_weights(server: Server, accepted: str, coding: str | None):
    """The coding with the highest weight is sent, brotli on a tie, and the plain file where none is accepted."""
    answer, _ = ask(server, "/text.txt", Accept_Encoding=accepted)
    assert (answer.status, answer.headers["Content-Encoding"]) == (200, coding)


def test_no_coding_without_a_precompressed_form(server: Server):
    """Where nothing was compressed the plain file is the answer, whatever the client takes."""
    answer, body = ask(server, "/a.wasm", Accept_Encoding="br, gzip, *")
    assert (answer.headers["Content-Encoding"], body) == (None, b"x")


def test_unchanged_file_is_not_sent_again(server: Server):
    """A client that names the tag it has gets 304 and no body, in the same coding; another tag gets the file."""
    tag = ask(server, "/text.txt", Accept_Encoding="br")[0].headers["ETag"]
    answer, body = ask(server, "/text.txt", Accept_Encoding="br", If_None_Match=f'"other", W/{tag}')
    assert (answer.status, body, answer.headers["ETag"]) == (304, b"", tag)
    assert ask(server, "/text.txt", Accept_Encoding="gzip", If_None_Match=tag)[0].status == 200
    assert ask(server, "/text.txt", If_None_Match="*")[0].status == 304
    assert ask(server, "/text.txt", Accept_Encoding="br", If_None_Match='"other"')[0].status == 200


def test_every_file_is_asked_about_before_it_is_used_again(server: Server):
    """Nothing may be taken from a cache unasked, so files of two builds never mix."""
    assert ask(server, "/a.wasm")[0].headers["Cache-Control"] == "no-cache"


def test_changed_file_changes_its_tag(folder: Path, server: Server):
    """A new content has a new tag, even in the same place and of the same length."""
    path = folder / "changing.txt"
    path.write_bytes(b"one")
    first, _ = ask(server, "/changing.txt")
    path.unlink()
    path.write_bytes(b"two")
    second, body = ask(server, "/changing.txt", If_None_Match=first.headers["ETag"])
    assert (second.status, body) == (200, b"two")


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-9", 0, 9),
        ("bytes=990-", 990, 999),
        ("bytes=-5", 995, 999),
        ("bytes=-5000", 0, 999),
        ("bytes=5-99999", 5, 999),
    ],
)
def test_byte_range(server: Server, asked: str, first: int, last: int):
    """A single range gets 206 with exactly those bytes of the plain file."""
    answer, body = ask(server, "/text.txt", Range=asked, Accept_Encoding="br")
    assert (answer.status, body) == (206, TEXT[first : last + 1])
    assert answer.headers["Content-Range"] == f"bytes {first}-{last}/1000"
    assert answer.headers["Content-Encoding"] is None


@pytest.mark.parametrize(
    "asked", ["", "bytes=-", "bytes=a-b", "bytes=\u0661-", "lines=0-1", "bytes=0-1,4-5", f"bytes={'9' * 5000}-"]
)
def test_range_that_makes_no_sense(server: Server, asked: str):
    """Malformed and absurd ranges, other units and several ranges are ignored: the whole file is the answer."""
    answer, body = ask(server, "/text.txt", Range=asked.encode())
    assert (answer.status, body) == (200, TEXT)


@pytest.mark.parametrize("asked", ["bytes=1000-", "bytes=5000-6000", "bytes=-0", "bytes=9-1"])
def test_range_beyond_the_end(server: Server, asked: str):
    """A range without a single byte of the file gets 416 and the file's size."""
    answer, body = ask(server, "/text.txt", Range=asked)
    assert (answer.status, answer.headers["Content-Range"], body) == (416, "bytes */1000", b"")


def test_range_of_a_changed_file(server: Server):
    """If-Range with the right tag gives the part, with any other the whole file."""
    tag = ask(server, "/text.txt")[0].headers["ETag"]
    assert ask(server, "/text.txt", Range="bytes=0-1", If_Range=tag)[0].status == 206
    assert ask(server, "/text.txt", Range="bytes=0-1", If_Range='"another"')[0].status == 200


def test_empty_file(server: Server):
    """An empty file is sent as such, and any range of it is beyond its end."""
    answer, body = ask(server, "/empty.bin")
    assert (answer.status, answer.headers["Content-Length"], body) == (200, "0", b"")
    assert ask(server, "/empty.bin", Range="bytes=0-")[0].status == 416


@pytest.mark.parametrize("path", ["/text.txt", "/sub", "/nothing-here", "/"])
def test_head_has_the_headers_of_get(server: Server, path: str):
    """HEAD says what GET would say, and sends no body."""
    got, _ = ask(server, path)
    head, body = ask(server, path, "HEAD")
    assert (head.status, head.headers["Content-Length"], body) == (got.status, got.headers["Content-Length"], b"")
