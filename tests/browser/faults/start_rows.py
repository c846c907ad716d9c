"""What can go wrong between the server and a start, file by file; and what a worker can die of on the way."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from tests.browser.faults.fault import Fault
from tests.browser.faults.trouble import (
    as_bytes,
    broken_off,
    corrupt,
    cut,
    longer,
    moved,
    portal,
    refused,
    reworded,
    slow,
)
from tests.browser.guard import REPORTED
from tests.browser.harness import model_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response

    from tests.browser.faults.start_bench import StartBench

AGAIN = "another engine of the page paints; starting again shows the photo with its effect"
# What browsers log of a lost answer, and what Pyodide and ONNX Runtime say until their worker is ended.
NOISE = (
    "Failed to load resource",
    "wasm streaming compile failed",
    "falling back",
    "prepare wasm",
    r"Aborted\(|[Aa]bort.*/vendor/pyodide/",
    "disallowed MIME type",
    r"/vendor/pyodide/pyodide\.(asm\.js|mjs):",
    "ERR_CONTENT_LENGTH_MISMATCH",
    "ERR_INCOMPLETE_CHUNKED_ENCODING",
    "exceeds response Body",  # in Firefox
    r"Program terminated with exit\(1\)",  # there, too, if the worker has not been ended yet
)
FILES = {
    "worker's script": "js/worker.js",
    "a script of the worker's": "js/worker/downloads.js",
    "list of files": "assets.json",
    "Pyodide's script": "vendor/pyodide/pyodide.mjs",
    "Python's script": "vendor/pyodide/pyodide.asm.js",
    "Python": "vendor/pyodide/pyodide.asm.wasm",
    "standard library": "vendor/pyodide/python_stdlib.zip",
    "NumPy": "python/numpy-",
    "NumPy's machine code": "python/numpy_native-",
    "pyselfie": "python/pyselfie-",
    "runtime's script": "vendor/onnxruntime/ort-wasm-simd-threaded.mjs",
    "runtime's interface": "vendor/onnxruntime/ort.wasm.min.mjs",
    "runtime": "vendor/onnxruntime/ort-wasm-simd-threaded.wasm",
    "model": f"models/{model_file()}",
}
_WORKER = r"pyselfie's worker .+: it has to be at http://\S+/js/worker\.js.* by setSite\(\) or `site`"
_SCRIPTS = {"worker's script", "a script of the worker's"}
_HASH = r"is damaged: it has SHA-256 \w{64}, expected \w{64}\. Try again\.$"
_LENGTH = r"is damaged: it has \d+ bytes, expected \d+\. Try again\.$"
_GONE = r"could not be downloaded: the server answered {}\. It has to be at http://\S+, beside all of pyselfie's files"


def _row(
    name: str, what: str, change: Callable[[Response], Response], says: str, noise: tuple[str, ...] = NOISE
) -> Fault:
    path = FILES[what]

    def provoke(bench: StartBench) -> None:
        bench.answering(f"^/{re.escape(path)}", change)

    sentence = says if what in _SCRIPTS or not says else rf"{re.escape(path)}\S* {says}"
    return Fault("network", f"{what}: {name}", provoke, sentence, AGAIN, lambda bench: bench.site.mend(), noise)


def _drops() -> list[Fault]:
    """Return rows in which the connection ends in the middle of each file."""
    own = dict.fromkeys(_SCRIPTS, _WORKER) | {"list of files": "broke off before its end. Try again."}
    usual = r"broke off after \d+ of \d+ bytes\. Try again\.$"
    late = {"standard library": partial(broken_off, after_s=1)}
    found = {
        what: _row("drops in the middle", what, late.get(what, broken_off), own.get(what, usual)) for what in FILES
    }
    return [*(found | {what: _while_python_comes(found[what]) for what in late}).values()]


def _while_python_comes(fault: Fault) -> Fault:
    """Return a row in which Pyodide has asked for a file and not looked at it."""

    def provoke(bench: StartBench) -> None:
        bench.site.rules.append((f"^/{re.escape(FILES['Python'])}", slow))
        fault.provoke(bench)

    return replace(fault, provoke=provoke)


def _gone() -> list[Fault]:
    cases = {
        "worker's script": (404, _WORKER),
        "list of files": (404, _GONE.format(404)),
        "Python's script": (404, r"could not be loaded from http://\S+asm\.js"),
        "Python": (404, _GONE.format(404)),
        "NumPy": (403, _GONE.format(403)),
        "NumPy's machine code": (404, _GONE.format(404)),
        "runtime": (500, _GONE.format(500)),
        "model": (404, _GONE.format(404)),
    }
    return [_row(f"answered by {status}", what, refused(status), says) for what, (status, says) in cases.items()]


def _damaged() -> list[Fault]:
    whole = ["Python", "standard library", "NumPy", "NumPy's machine code", "runtime's script", "runtime", "model"]
    short = {"pyselfie": 0.9, "runtime": 0.3, "model": 0.5}
    return [
        *(_row("one byte changed, right length", what, corrupt, _HASH) for what in whole),
        # which is no fault for a compiler, nor for whoever links it
        _row("a text in it changed", "NumPy's machine code", reworded(b"cannot", b"can be"), _HASH),
        *(_row("cut short, and its length says so", what, cut(keep), _LENGTH) for what, keep in short.items()),
        _row("too long", "standard library", longer, _LENGTH),
    ]


def _strangers() -> list[Fault]:
    """Return rows with a network whose terms have to be accepted first."""
    cases = {
        "worker's script": _WORKER,
        "list of files": r"is no list of pyselfie's files: copy all of them there again\.$",
        "Python's script": r"(could not be loaded from http://\S+asm\.js|is damaged: )",
        "Python": _LENGTH,
        "model": _LENGTH,
    }
    return [
        *(_row("a captive portal's page instead", what, portal, says) for what, says in cases.items()),
        _row("sent on to a captive portal", "model", moved, _LENGTH),
    ]


def _harmless() -> list[Fault]:
    return [
        _row("comes in pieces, slowly", "model", slow, "", ()),
        _row("of an unknown type", "NumPy's machine code", as_bytes, "", ()),
    ]


def _stops(bench: StartBench) -> None:
    bench.site.stop()
    bench.start()


def _forbids(bench: StartBench) -> None:
    bench.site.policy |= {name: policy.replace(" 'wasm-unsafe-eval'", "") for name, policy in REPORTED.items()}
    bench.start()


def _allows_again(bench: StartBench) -> None:
    bench.site.policy |= REPORTED


def _offline(bench: StartBench) -> None:
    bench.page.context.set_offline(True)
    bench.start()


SITE = [
    Fault("network", "server stopped, started again", _stops, _WORKER, AGAIN, lambda bench: bench.site.mend(), NOISE),
    Fault(
        "network",
        "files unchanged (304), with a policy against WebAssembly",
        _forbids,
        r"^This page's Content-Security-Policy forbids WebAssembly: add 'wasm-unsafe-eval' to script-src\.$",
        AGAIN,
        _allows_again,
        (*NOISE, r"Content Security Policy: .*wasm-eval"),
    ),
    Fault(
        "network",
        "offline, then online",
        _offline,
        _WORKER,
        AGAIN,
        lambda bench: bench.page.context.set_offline(False),
        (*NOISE, "ERR_INTERNET_DISCONNECTED"),
    ),
]

# Ends the worker, or has it throw, once it has come to a stage.
_DIES = """
;{
  const witness = new BroadcastChannel("fault");
  const comeTo = (...names) => {
    if (!names.includes(STAGE)) return;
    witness.postMessage("dies");
    if (THROWS) setTimeout(() => { throw new Error("provoked"); });
    else self.close();
  };
  const told = self.postMessage.bind(self);
  self.postMessage = (message, ...rest) => {
    told(message, ...rest);
    comeTo(message.type, message.text);
  };
  const { fetch: get } = self;
  self.fetch = (url, ...rest) => {
    if (`${url}`.includes("/python/pyselfie-")) comeTo("fetches");
    return get(url, ...rest);
  };
  Object.defineProperty(self, "_createPyodideModule", {
    configurable: true,
    set(value) {
      Object.defineProperty(self, "_createPyodideModule", { value });
      comeTo("has Python's script");
    },
  });
}
"""
_STAGES = {
    "its script has come": "alive",
    "it fetches its files": "fetches",
    "Python starts": "has Python's script",
    "the model is prepared": "Preparing the model",
    "its engine is opened": "booted",
}


def _dying(stage: str, *, throws: bool) -> Fault:
    script = _DIES.replace("STAGE", f'"{_STAGES[stage]}"').replace("THROWS", str(throws).lower())

    def change(answer: Response) -> Response:
        answer.data += script.encode()
        return answer

    def provoke(bench: StartBench) -> None:
        bench.site.rules.append((r"^/js/worker\.js$", change))
        bench.start(hurry=not throws)

    how, says = ("throws", "provoked") if throws else ("is killed", "it does not answer")
    sentence = rf"^The engine stopped: .*{says}\. Restart it to go on\.$"
    return Fault("worker", f"{how} when {stage}", provoke, sentence, AGAIN, lambda bench: bench.site.mend(), NOISE)


# A worker that never began, a script, a file that is compiled, one that is read; each way in which an answer is wrong.
_AGAIN_IN_EVERY_RUN = {
    "worker's script: drops in the middle",
    "Python's script: drops in the middle",
    "Python: drops in the middle",
    "model: drops in the middle",
    "list of files: answered by 404",
    "runtime: answered by 500",
    "runtime's script: one byte changed, right length",
    "NumPy's machine code: a text in it changed",
    "pyselfie: cut short, and its length says so",
    "standard library: too long",
    "Python's script: a captive portal's page instead",
    "model: sent on to a captive portal",
    *(fault.name for fault in SITE),
    "is killed when its script has come",
    "is killed when its engine is opened",
    "throws when Python starts",
}


def _thinned(faults: list[Fault]) -> list[Fault]:
    return [replace(fault, again=fault.name in _AGAIN_IN_EVERY_RUN) for fault in faults]


NETWORK = _thinned([*_drops(), *_gone(), *_damaged(), *_strangers(), *_harmless(), *SITE])
WORKER = _thinned(
    [
        *(_dying(stage, throws=False) for stage in _STAGES),
        *(_dying(stage, throws=True) for stage in ("its script has come", "Python starts")),
    ]
)
assert {fault.name for fault in (*NETWORK, *WORKER) if fault.again} == _AGAIN_IN_EVERY_RUN
