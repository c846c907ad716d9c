"""Who may read what, and under which policy."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from builder.serving.policy import headers_for
from builder.serving.serve import Server
from builder.serving.static import answers_to
from tests.unit.builder.server.asking import ask

if TYPE_CHECKING:
    import http.client
    from pathlib import Path

STRICT = (
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self'",
    "connect-src 'self' blob:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'self'",
)


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


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("localhost:8000", "'self' localhost:8000"),
        ("", "'self'"),
        ("evil *; script-src *", "'self'"),
        ("[::1]:8000", "'self'"),
    ],
)
def test_the_playgrounds_policy_names_its_host(host: str, own: str):
    """Beside `'self'`, which is nothing to Firefox where an isolated worker begins; but only what is a host."""
    policy = headers_for("play.html", isolation=True, changes={}, host=host)["Content-Security-Policy"].split("; ")
    assert f"script-src {own} 'wasm-unsafe-eval'" in policy
    assert f"worker-src {own} blob:" in policy
    assert f"connect-src {own} blob:" in policy
    other = headers_for("index.html", isolation=True, changes={}, host=host)["Content-Security-Policy"]
    assert set(STRICT) <= set(other.split("; "))
