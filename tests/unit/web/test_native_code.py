"""Machine code of Python's modules in Node: none is handed out that isn't known to be right."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.web.test_page_modules import run_by_node

COMPILED = """
Promise.withResolvers ??= function () {  // Node has it from 22 on, browsers have it
  const parts = {};
  parts.promise = new this((resolve, reject) => Object.assign(parts, { resolve, reject }));
  return parts;
};
globalThis.self = globalThis;
globalThis.addEventListener = () => {};
globalThis.location = { href: "https://site/js/worker.js" };
const code = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]); // an empty module
const right = Buffer.from(await crypto.subtle.digest("SHA-256", code)).toString("hex");
const gate = Promise.withResolvers();
const { digest } = SubtleCrypto.prototype;
SubtleCrypto.prototype.digest = async function (...given) {
  await gate.promise;
  return digest.apply(this, given);
};
const { Downloads } = await import(new URL("downloads.js", process.argv[1]));
const { compileNative } = await import(process.argv[1]);

const asked = [];
const { hash, status, type } = { hash: right, status: 200, type: "application/wasm", ...%s };
const fetch = async (url) => {
  asked.push(url);
  if (!url.endsWith("assets.json")) return new Response(code, { status, headers: { "content-type": type } });
  const files = { "a.wasm": { bytes: code.length, sha256: hash } };
  return Response.json({ files, native: { "a.wasm": "numpy/a.so" }, late: {}, version: "", runtime: "" });
};
const downloads = new Downloads("https://site/", { fetch, fresh: false, onMove() {}, onProgress() {} });
await downloads.open();

let early = true;
const modules = compileNative(downloads).then(
  ([[file, module]]) => [early, file, module instanceof WebAssembly.Module],
  ({ name, message }) => [early, name, message],
);
await new Promise((done) => setTimeout(done, 200)); // an empty module compiles in less
early = false;
gate.resolve();
console.log(JSON.stringify([await modules, asked.length - 1]));
"""


def compiled(faults: str = "{}") -> Any:
    """Return what comes of a module, [before its hash was known, ...], and how often it was asked for."""
    return run_by_node(COMPILED % faults, "js/worker/native_code.js")


@pytest.mark.parametrize(("faults", "times"), [("{}", 1), ('{ type: "text/plain" }', 2)])
def test_code_is_handed_out_once_its_hash_is_known(faults: str, times: int) -> None:
    """It's compiled while it comes, but nobody gets it before; a type that isn't WebAssembly's costs a request."""
    assert compiled(faults) == [[False, "numpy/a.so", True], times]


def test_code_with_another_hash_is_not_handed_out() -> None:
    """A compiler finds no fault with it; the file is named, and nobody asks once more."""
    (early, name, message), times = compiled("{ hash: '0' }")
    assert (early, name, times) == (False, "DownloadError", 1)
    assert message.startswith("a.wasm is damaged: it has SHA-256")


def test_missing_code_is_asked_for_once() -> None:
    """That it isn't there is known."""
    (_, name, message), times = compiled("{ status: 404 }")
    assert (name, times) == ("DownloadError", 1)
    assert message.startswith("a.wasm could not be downloaded: the server answered 404.")
