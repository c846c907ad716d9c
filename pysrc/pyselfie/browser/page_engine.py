"""The model of `Segmenter` and of the Solution API in any Pyodide: JupyterLite, PyScript, a page of one's own.

ONNX Runtime Web and its bridge are those of a built pyselfie site; `use_site` says where one is. Nothing is fetched
from anywhere else, and the models come with the package.
"""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING, Any

from js import URL
from pyodide.code import run_js
from pyodide.ffi import JsException, can_run_sync, run_sync, to_js

from pyselfie.browser.interop import js_object
from pyselfie.browser.models.ort_web import OrtWebRuntime, bridge_spec, fetch_model
from pyselfie.core.manifest import load_spec, read_model

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from pyselfie.browser.js_types import Host
    from pyselfie.core.manifest import ModelSpec

_VENDOR = "vendor/onnxruntime/"
_bridges: list[Any] = []  # the one in use, if there is one yet
_hosts: list[Host] = []  # in pyselfie's own worker: it brings models one at a time


async def use_site(url: str) -> None:
    """Take ONNX Runtime Web from a built pyselfie site from now on.

    Parameters
    ----------
    url
        Where the site is: ``"https://example.org/pyselfie/"``, or relative to the page. Another origin has to allow
        this one (CORS).

    Raises
    ------
    RuntimeError
        When there is no such site, or the page forbids it.
    """
    root = _absolute(url)
    try:
        ort = await _import_module(f"{root}{_VENDOR}ort.wasm.min.mjs")
        bridge = await _import_module(f"{root}js/worker/ort_bridge.js")
    except JsException as error:
        raise RuntimeError(f"there is no pyselfie site at {root} that this page can use ({error.message})") from error
    ort.env.logLevel = "error"
    ort.env.wasm.numThreads = 1
    ort.env.wasm.wasmPaths = js_object(
        mjs=f"{root}{_VENDOR}ort-wasm-simd-threaded.mjs", wasm=f"{root}{_VENDOR}ort-wasm-simd-threaded.wasm"
    )
    _bridges[:] = [bridge.OrtBridge.new(ort)]


def use_host(host: Host) -> None:
    """Take ONNX Runtime Web and the models from the worker's own JavaScript side from now on."""
    _bridges[:] = [host.bridge]
    _hosts[:] = [host]


def _absolute(url: str) -> str:
    from js import location  # noqa: PLC0415 - not every host of Pyodide has one

    return str(URL.new(url.rstrip("/") + "/", location.href).href)


def _import_module(url: str) -> Awaitable[Any]:
    """Import a JavaScript module: ``import()`` is syntax, not a function, so that Python needs one line to reach it."""
    source = resources.files("pyselfie.browser").joinpath("import_module.js").read_text(encoding="utf-8")
    module: Awaitable[Any] = run_js(source)(url)
    return module


class PageEngine:
    """Opens the model when it is first needed, as opening cannot be done without waiting.

    Parameters
    ----------
    spec
        The model to run; its file came with the package.
    """

    backend = "wasm"
    reason = "the one that runs in every browser"

    def __init__(self, spec: ModelSpec) -> None:
        self._spec = spec
        self._runtime: OrtWebRuntime | None = None
        self._is_closed = False

    async def opened(self) -> OrtWebRuntime:
        """Return the runtime; a closed one after `close`, which may come while the model is opened."""
        if self._runtime is not None:
            return self._runtime
        runtime = await self._open()
        if self._is_closed:
            runtime.close()
        else:
            self._runtime = runtime
        return runtime

    async def _open(self) -> OrtWebRuntime:
        if not _bridges:
            raise RuntimeError(
                "there is no ONNX Runtime Web here yet: say where a built pyselfie site is, "
                'once, with `await pyselfie.use_site("https://example.org/pyselfie/")`'
            )
        spec, model = await _model(self._spec)
        session = await _bridges[0].create(model, bridge_spec(spec), self.backend)
        return OrtWebRuntime(session, spec, self.backend, self.reason)

    def reset(self) -> None:
        """Forget what the model carries from one picture to the next."""
        if self._runtime is not None:
            self._runtime.reset()

    def close(self) -> None:
        """Release the model for good; more calls do nothing."""
        self._is_closed = True
        if self._runtime is not None:
            self._runtime.close()
            self._runtime = None


async def _model(spec: ModelSpec) -> tuple[ModelSpec, Any]:
    """Return the model's bytes, and the spec of their file: a host has one that is made for WebAssembly."""
    if not _hosts:
        return spec, to_js(read_model(spec))
    spec = load_spec(spec.model_selection, spec.edges, "wasm")
    return spec, await fetch_model(_hosts[0], spec)


def wait_for(result: Awaitable[Any], instead: str) -> Any:
    """Return the result of `result`, suspending Python until it is there; `instead` is the method to be awaited.

    Raises
    ------
    RuntimeError
        When this browser, or the way in which Python was called, cannot suspend it.
    """
    if not can_run_sync():
        result.close()  # type: ignore[attr-defined]
        raise RuntimeError(
            "this Python cannot wait inside a plain call (the browser lacks JSPI, or JavaScript called it "
            f"synchronously): use `await segmenter.{instead}(image)`"
        )
    return run_sync(result)
