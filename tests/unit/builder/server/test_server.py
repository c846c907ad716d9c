"""The server of dist/: its addresses, its connections, its end."""

from __future__ import annotations

import http.client
import socket
import threading
from typing import TYPE_CHECKING, Any

import pytest

from builder.errors import BuildError
from builder.serving.serve import Server, serve_on_free_port
from tests.unit.builder.server.asking import TEXT, ask

if TYPE_CHECKING:
    from pathlib import Path


def test_root_is_the_index_page(server: Server):
    """The folder's own address gives index.html."""
    response, body = ask(server, "/")
    assert (response.status, body) == (200, b"<!doctype html>")


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


def test_body_of_a_get_is_not_the_next_request(server: Server):
    """A body that nobody asked for is not taken for a request of its own."""
    hidden = b"GET /a.js HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as client:
        outer = b"GET /text.txt HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n"
        last = b"GET /empty.bin HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        client.sendall(outer % len(hidden) + hidden + last)
        received = client.makefile("rb").read()
    assert received.count(b"HTTP/1.1 ") == 2


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
