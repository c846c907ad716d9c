"""How a soak's browsers start, fail to start, and end, and what they hold. Programs that are made up stand for them."""

import argparse
import os
import sys
import time

import pytest

import bench.soak.chromium_tab as chromium
import bench.soak.firefox_tab as firefox
from bench.soak.bounded import bounded_bytes
from bench.soak.main import parse, soak
from bench.soak.processes import Held, family, held_by
from builder.errors import BuildError

SILENT = "signal.pause()"
ENDING = "sys.exit(3)"
# Firefox: it greets, and answers the first order, for a session, with an error.
GREETING = """
line = socket.create_server(("127.0.0.1", port)).accept()[0]
def tell(message):
    text = json.dumps(message).encode()
    line.sendall(b"%d:%s" % (len(text), text))
tell({"marionetteProtocol": 3})
"""
REFUSING = f"""{GREETING}
line.recv(4096)
tell([1, 1, {{"message": "no session"}}, None])
signal.pause()
"""
WILLING = f"""{GREETING}
name = ""
while name != "Marionette:Quit":
    _, number, name, _ = json.loads(line.recv(4096).partition(b":")[2])
    tell([1, number, None, {{"capabilities": {{"browserVersion": "7.1"}}}} if name.endswith("Session") else {{}}])
"""
BABBLING = """
line = socket.create_server(("127.0.0.1", port)).accept()[0]
line.sendall(b"HTTP/1.1 400: what?")
signal.pause()
"""
# Chromium: it answers the first order, for its version, with an error.
REFUSING_ON_A_PIPE = """
os.read(3, 4096)
os.write(4, json.dumps({"id": 1, "error": {"message": "no version"}}).encode() + b"\\0")
signal.pause()
"""


@pytest.fixture
def made_up(tmp_path, monkeypatch):
    """Return a function that has a program started as either browser; it tells its number in the file that it gives."""

    def make(code):
        number, program = tmp_path / "number", tmp_path / "browser"
        port = "port = int(pathlib.Path(sys.argv[-1], 'user.js').read_text().rpartition(',')[2].strip(' );'))"
        lines = [
            f"#!{sys.executable}",
            "import json, os, pathlib, signal, socket, sys",
            port if "port" in code else "",
            f"pathlib.Path({str(number)!r}).write_text(str(os.getpid()))",
            code,
        ]
        program.write_text("\n".join(lines))
        program.chmod(0o755)
        monkeypatch.setattr("bench.soak.main.installed_firefox", lambda: program)
        monkeypatch.setattr("bench.soak.main.ensure_chromium", lambda: program)
        monkeypatch.setattr("bench.soak.main.write_media", lambda _folder, **_options: None)
        return number

    return make


def until_it_runs(number):
    """Wait for the process whose number will be in the file."""
    while not (number.exists() and number.read_text()):
        time.sleep(0.01)


def has_ended(number):
    """Return whether the process has ended whose number is in the file."""
    try:
        os.kill(int(number.read_text()), 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.parametrize(
    ("engine", "code", "why"),
    [
        ("firefox", ENDING, "Firefox has ended with 3"),
        ("firefox", REFUSING, "WebDriver:NewSession: no session"),
        ("firefox", BABBLING, "what answers is not Firefox"),
        ("chromium", ENDING, "Chromium has ended"),
        ("chromium", REFUSING_ON_A_PIPE, "Browser.getVersion: no version"),
    ],
)
def test_a_start_that_fails_is_one_sentence_and_leaves_no_process(made_up, engine, code, why):
    """Why, and what to try; what was started has ended."""
    number = made_up(code)
    with pytest.raises(BuildError, match="The browser did not start") as caught:
        soak(parse(["--engine", engine]))
    assert why in str(caught.value)
    assert "\n" not in str(caught.value)
    assert has_ended(number)


def test_a_firefox_that_starts_is_kept_until_it_is_closed(made_up, tmp_path):
    """It tells its version, goes on after the start, and ends by itself when it is told to."""
    number = made_up(WILLING)
    tab = firefox.FirefoxTab(tmp_path / "browser", tmp_path)
    tab.open("http://page/")
    assert tab.version == "7.1"
    assert not has_ended(number)
    tab.close()
    assert tab.process.returncode == 0


def test_a_firefox_that_does_not_listen_is_given_up(made_up, monkeypatch):
    """After its time, with the port in the sentence, and ended."""
    number = made_up(SILENT)
    clock = iter([0.0, 1.0, *[1e9] * 9])

    def monotonic():
        return next(clock)

    monkeypatch.setattr(
        firefox, "time", argparse.Namespace(monotonic=monotonic, sleep=lambda _seconds: until_it_runs(number))
    )
    with pytest.raises(BuildError, match=r"did not listen at port \d+ within 120 s"):
        soak(parse(["--engine", "firefox"]))
    assert has_ended(number)


@pytest.mark.parametrize("engine", ["firefox", "chromium"])
def test_ctrl_c_while_it_starts_leaves_no_process(made_up, monkeypatch, engine):
    """The browser ends, and the interruption is not taken for another failure."""
    number = made_up(SILENT)

    def interrupted(*_args):
        until_it_runs(number)
        raise KeyboardInterrupt

    monkeypatch.setattr(firefox.FirefoxTab, "_connect", interrupted)
    monkeypatch.setattr(chromium.ChromiumTab, "_next_message", interrupted)
    with pytest.raises(KeyboardInterrupt):
        soak(parse(["--engine", engine]))
    assert has_ended(number)


def test_firefox_may_answer_later_than_its_script_ends():
    """A script that takes too long is told by Firefox, in words, before the line to it is given up."""
    assert firefox.PATIENCE_S + 10 < firefox._ANSWER_S


class Changing(chromium.ChromiumTab):
    """A tab that is asked while it goes from page to page: an error, not yet, then there."""

    def __init__(self):
        self.answers = [RuntimeError("Cannot find default execution context"), False, True]
        self.asked = []

    def _call(self, method, session=None, **parameters):
        self.asked.append((method, session, parameters))
        return {}

    _session = ""

    def evaluate(self, _code):
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def test_chromium_is_asked_until_the_page_is_open(monkeypatch):
    """Now and then, not without a rest; an error between two pages is none."""
    pauses: list[float] = []
    monkeypatch.setattr(chromium, "time", argparse.Namespace(monotonic=lambda: 0.0, sleep=pauses.append))
    tab = Changing()
    tab.open("http://page/")
    assert tab.asked == [("Page.navigate", "", {"url": "http://page/"})]
    assert tab.answers == []
    assert pauses == [0.1, 0.1]


def process(proc, number, parent, name="browser", files=3, pages=10):
    """Make a process of /proc."""
    folder = proc / str(number)
    (folder / "fd").mkdir(parents=True)
    (folder / "stat").write_bytes(f"{number} ({name}) S {parent} 1 1".encode(errors="surrogateescape"))
    (folder / "statm").write_text(f"99 {pages} 1")
    for index in range(files):
        (folder / "fd" / str(index)).touch()


def test_a_browser_is_all_that_it_has_started(tmp_path):
    """Children and theirs count, whatever their names; others do not, nor what has ended meanwhile."""
    process(tmp_path, 10, 1)
    process(tmp_path, 11, 10, name="a ) 7 (b", files=2, pages=5)
    process(tmp_path, 12, 11, name="\udcff")  # a byte that is no UTF-8
    process(tmp_path, 20, 1)
    (tmp_path / "13").mkdir()
    assert family(10, tmp_path) == {10, 11, 12}
    assert held_by(10, tmp_path) == Held(25 * os.sysconf("SC_PAGE_SIZE"), 8, 3)


def test_heaps_of_about_memory_are_told_apart():
    """The page's and the watched worker's, without WebAssembly's memory; other workers and windows are nobody's."""
    worker = "explicit/workers/workers(127.0.0.1)/worker(http:\\\\127.0.0.1:1\\soak_worker.js, 0x7)/"
    page = "explicit/window-objects/top(http:\\\\127.0.0.1:1\\soak.html?on=wasm, id=4)/"
    found = {
        f"{worker}zone(0x1)/objects/gc-heap": 100,
        f"{worker}zone(0x1)/objects/non-heap/elements/wasm": 5_000,
        f"{page}js-zone(0x2)/unused": 20,
        f"{page}dom/other": 3_000,
        "explicit/workers/workers(chrome)/worker(resource:\\\\gre\\x.js, 0x7)/gc-heap": 700,
    }
    assert firefox.sums(found) == {"page": 20, "worker": 100}


def test_what_chromium_fills_by_itself_is_told_from_what_a_page_holds():
    """Of a heap snapshot machine code counts, scripts don't."""
    fields = ["type", "name", "id", "self_size", "edge_count"]
    strings = ["Object", "system / InstructionStream", "system / Script", "system / Code"]
    nodes = [1, 0, 1, 100, 0, 2, 1, 3, 3000, 0, 2, 2, 5, 70, 0, 2, 3, 7, 60, 0]
    assert bounded_bytes({"snapshot": {"meta": {"node_fields": fields}}, "nodes": nodes, "strings": strings}) == 3060
