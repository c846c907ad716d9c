"""The server of dist/: what it sends, and what it refuses."""

from __future__ import annotations

import gzip
import http.client
import socket
import threading
from typing import TYPE_CHECKING, Any

import brotli
import pytest

from builder.errors import BuildError
from builder.serve import Server, serve_on_free_port
from builder.static import answers_to

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TEXT = b"0123456789" * 100
STRICT = (
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self'",
    "connect-src 'self' blob:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'self'",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("outer")
    (root / "secret.txt").write_bytes(b"secret")
    site = root / "site"
    (site / "sub").mkdir(parents=True)
    (site / "index.html").write_bytes(b"<!doctype html>")
    (site / "sub" / "index.html").write_bytes(b"<!doctype html>sub")
    (site / "text.txt").write_bytes(TEXT)
    (site / "text.txt.br").write_bytes(brotli.compress(TEXT))
    (site / "text.txt.gz").write_bytes(gzip.compress(TEXT))
    (site / "empty.bin").write_bytes(b"")
    (site / "a space.txt").write_bytes(b"space")
    (site / ".hidden").write_bytes(b"hidden")
    (site / "link.txt").symlink_to(root / "secret.txt")
    (site / "js").mkdir()
    (site / "js" / "a.js").write_bytes(b"x")
    for name in ("a.wasm", "a.mjs", "a.js", "a.json", "a.whl", "a.onnx", "a.svg", "a.mp4", "a.webm", "a.webmanifest"):
        (site / name).write_bytes(b"x")
    return site


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    with Server(folder) as running:
        yield running


def ask(
    server: Server, path: str, method: str = "GET", **headers: str | bytes
) -> tuple[http.client.HTTPResponse, bytes]:
    """Send one request as it stands; header names are written with underscores."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    try:
        connection.request(method, path, headers={name.replace("_", "-"): text for name, text in headers.items()})
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


def test_root_is_the_index_page(server: Server):
    """The folder's own address gives index.html."""
    response, body = ask(server, "/")
    assert (response.status, body) == (200, b"<!doctype html>")


def test_every_answer_is_isolated_and_strict(server: Server):
    """Pages, files, redirects and refusals all carry the isolation, the policy and the other safeguards."""
    for path in ("/", "/text.txt", "/sub", "/nothing-here"):
        response, _ = ask(server, path)
        assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert response.headers["Cross-Origin-Embedder-Policy"] == "require-corp"
        assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert "camera=(self)" in response.headers["Permissions-Policy"]
        assert set(STRICT) <= set(response.headers["Content-Security-Policy"].split("; "))
        assert "unsafe-eval'" not in response.headers["Content-Security-Policy"].replace("wasm-unsafe-eval'", "")


def test_isolation_can_be_left_out(folder: Path):
    """Without isolation there is neither COOP nor COEP, and the policy stays."""
    with Server(folder, isolation=False) as server:
        response, _ = ask(server, "/")
    assert "Cross-Origin-Opener-Policy" not in response.headers
    assert "Cross-Origin-Embedder-Policy" not in response.headers
    assert "Content-Security-Policy" in response.headers


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


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/sub/../../secret.txt",
        "/..\\secret.txt",
        "/%00",
        "/link.txt",
        "/.hidden",
        "//etc/passwd",
        "/text.txt/",
        "/text.txt/more",
        "/nothing-here",
        "/" + "x" * 5000,
    ],
)
def test_nothing_outside_the_folder(server: Server, path: str):
    """Ways out of the folder, links out of it, hidden files and names that do not exist are all 404."""
    answer, body = ask(server, path)
    assert (answer.status, b"secret" in body, b"hidden" in body) == (404, False, False)


def test_names_are_decoded(server: Server):
    """A percent-encoded name and a query find the file."""
    assert ask(server, "/a%20space.txt?version=1")[1] == b"space"


def test_folder_without_slash_is_redirected(server: Server):
    """A folder's address without its slash leads to the one with it, by a relative address that keeps the query."""
    answer, _ = ask(server, "/sub?x=1")
    assert (answer.status, answer.headers["Location"]) == (301, "sub/?x=1")


def test_prefix(folder: Path):
    """With a prefix the site lives below it, as in a sub-path of a static host, and nowhere else."""
    with Server(folder, prefix="some/where") as server:
        assert server.url == f"http://127.0.0.1:{server.port}/some/where/"
        assert ask(server, "/some/where/text.txt")[1] == TEXT
        assert ask(server, "/some/where/")[1] == b"<!doctype html>"
        assert ask(server, "/text.txt")[0].status == 404
        assert ask(server, "/")[0].status == 404


def test_one_connection_serves_many_requests(server: Server):
    """HTTP/1.1 keeps the connection, also after 304, 404 and 416."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    asked: list[tuple[str, dict[str, str], int]] = [
        ("/text.txt", {}, 200),
        ("/text.txt", {"If-None-Match": "*"}, 304),
        ("/nothing-here", {}, 404),
        ("/text.txt", {"Range": "bytes=5000-"}, 416),
        ("/text.txt", {"Range": "bytes=1-2"}, 206),
    ]
    for path, headers, status in asked:
        connection.request("GET", path, headers=headers)
        if status == 200:
            kept = connection.sock
        response = connection.getresponse()
        response.read()
        assert response.status == status
        assert connection.sock is kept
    connection.close()


def test_client_that_hangs_up_leaves_no_trace(folder: Path, capfd: pytest.CaptureFixture[str]):
    """A connection that breaks in the middle of an answer prints nothing and disturbs nobody."""
    (folder / "large.bin").write_bytes(bytes(20_000_000))
    with Server(folder) as server:
        with socket.create_connection(("127.0.0.1", server.port)) as client:
            client.sendall(b"GET /large.bin HTTP/1.1\r\nHost: localhost\r\n\r\n")
            client.recv(100)
        assert ask(server, "/text.txt")[1] == TEXT
    assert capfd.readouterr() == ("", "")


def test_unknown_method_is_refused(server: Server):
    """Only GET and HEAD are there."""
    assert ask(server, "/text.txt", "POST")[0].status == 501


def test_taken_port_is_said(folder: Path, server: Server):
    """A port that somebody has is named, with what to do."""
    with pytest.raises(BuildError, match=rf"^port {server.port} on 127.0.0.1 is taken: leave out --port"):
        Server(folder, port=server.port)


def test_foreign_host_is_said(folder: Path):
    """An address that this machine does not have is named, with what to do."""
    with pytest.raises(BuildError, match=r"^cannot listen on 192\.0\.2\.1, port 0 .*: give another --host"):
        Server(folder, "192.0.2.1")


def test_next_free_port_is_taken(folder: Path):
    """Without a port the first free one from 8000 on is used, so two servers can run side by side."""
    with (
        serve_on_free_port(folder, "127.0.0.1", isolation=True) as first,
        serve_on_free_port(folder, "127.0.0.1", isolation=True) as second,
    ):
        assert 8000 <= first.port < second.port
        answers: list[Any] = [ask(server, "/text.txt")[1] for server in (first, second)]
    assert answers == [TEXT, TEXT]


def test_every_status_has_the_policy_of_its_file(folder: Path):
    """A 304 or a 206 carries the very policy headers of the 200: a browser puts a 304's into what it has stored."""
    (folder / "widget.html").write_bytes(b"<!doctype html>widget")
    with Server(folder, headers={"X-More": "1"}) as server:
        for path in ("/widget.html", "/text.txt", "/js/a.js"):
            whole, _ = ask(server, path)
            same, _ = ask(server, path, If_None_Match=whole.headers["ETag"])
            part, _ = ask(server, path, Range="bytes=0-0")
            assert [answer.status for answer in (whole, same, part)] == [200, 304, 206]
            assert policy_of(whole) == policy_of(same) == policy_of(part)
        widget, other = (policy_of(ask(server, path)[0]) for path in ("/widget.html", "/text.txt"))
    assert "frame-ancestors *" in widget["Content-Security-Policy"]
    assert widget["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "frame-ancestors 'self'" in other["Content-Security-Policy"]


def policy_of(answer: http.client.HTTPResponse) -> dict[str, str]:
    """Return all headers but those that tell of the transfer."""
    transfer = {"content-length", "content-type", "content-range", "date"}
    return {name: value for name, value in answer.headers.items() if name.lower() not in transfer}


@pytest.mark.parametrize(
    "path", ["js/a.js", "js/deep/x.js", "pyselfie.js", "assets.json", "models/a.onnx", "packages/a.whl", "vendor/x"]
)
def test_other_origins_may_read_the_library(server: Server, path: str):
    """What runs in somebody else's page is shared with every origin, also where it is missing."""
    headers = ask(server, f"/{path}")[0].headers
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert headers["Timing-Allow-Origin"] == "*"
    assert headers["Access-Control-Allow-Credentials"] is None


@pytest.mark.parametrize("path", ["", "index.html", "widget.html", "widget.json", "text.txt", "samples/a.js", "sub/"])
def test_other_origins_may_not_read_the_pages(server: Server, path: str):
    """Pages, and what only they use, are read by their own origin."""
    assert ask(server, f"/{path}")[0].headers["Access-Control-Allow-Origin"] is None


def test_body_of_a_get_is_not_the_next_request(server: Server):
    """A body that nobody asked for is not taken for a request of its own."""
    hidden = b"GET /a.js HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as client:
        outer = b"GET /text.txt HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n"
        last = b"GET /empty.bin HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        client.sendall(outer % len(hidden) + hidden + last)
        received = client.makefile("rb").read()
    assert received.count(b"HTTP/1.1 ") == 2


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("LOCALHOST:1", 200),
        ("127.0.0.1:9", 200),
        ("[::1]:8000", 200),
        ("evil.example", 421),
        ("evil.example:8000", 421),
        ("127.0.0.1.evil.example", 421),
        ("192.168.0.7", 421),
        ("[::1", 421),
        ("", 421),
    ],
)
def test_only_our_own_names_are_answered(server: Server, host: str, status: int):
    """A name that somebody's DNS leads here gets one sentence instead of the site."""
    answer, body = ask(server, "/text.txt", Host=host)
    assert answer.status == status
    assert status == 200 or body.startswith(b"This server answers to localhost and 127.0.0.1 only: use one of these")


@pytest.mark.parametrize(
    ("header", "host", "answered"),
    [
        ("selfie.example", "selfie.example", True),
        ("Selfie.Example:80", "selfie.example", True),
        ("other.example", "selfie.example", False),
        ("192.168.0.7:8000", "0.0.0.0", True),
        ("[fe80::1]:8000", "::", True),
        ("localhost", "::", True),
        (socket.gethostname(), "0.0.0.0", True),
        (f"{socket.gethostname()}.local", "::", True),
        (socket.gethostname(), "127.0.0.1", False),
        ("evil.example", "0.0.0.0", False),
    ],
)
def test_names_of_other_hosts(header: str, host: str, answered: bool):
    """The name given by --host is answered; for every address also any IP address and the machine's own name."""
    assert answers_to(header, host) is answered


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="this machine has no IPv6")
def test_every_address_is_both_kinds(folder: Path):
    """On `::` the server is reached by IPv4 as well, as `localhost` may mean either."""
    with Server(folder, "::") as server:
        assert server.url == f"http://localhost:{server.port}/"
        assert ask(server, "/text.txt")[1] == TEXT


def test_mounts(folder: Path, tmp_path: Path):
    """More folders appear under their names, and nothing outside them."""
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "b.txt").write_bytes(b"b")
    with Server(folder, mounts={"more": tmp_path / "inner"}) as server:
        assert ask(server, "/more/b.txt")[1] == b"b"
        assert ask(server, "/text.txt")[1] == TEXT
        assert ask(server, "/more/text.txt")[0].status == 404
        assert ask(server, "/more/%2e%2e/inner/b.txt")[0].status == 404


def test_no_thread_is_left(folder: Path):
    """The end of the server is the end of its threads and of the connections that were kept open."""
    before = set(threading.enumerate())
    with Server(folder) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
        connection.request("GET", "/text.txt")
        connection.getresponse().read()
    assert set(threading.enumerate()) <= before
    assert connection.sock.recv(1) == b""
    connection.close()
