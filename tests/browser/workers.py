"""JavaScript in the engine's worker, from a test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Frame, Page, Route

# Firefox evaluates nothing in a worker by WebDriver BiDi: there the worker's file gets an ear for tests at its end.
_EAR = """
const ear = new BroadcastChannel("test");
ear.onmessage = async ({ data }) => {
  if (!("code" in data)) return;
  try {
    const value = (0, eval)(data.code);
    ear.postMessage({ value: await (typeof value === "function" ? value(data.argument) : value) });
  } catch (error) {
    ear.postMessage({ error: `${error}` });
  }
};
"""
_ASK = """([code, argument]) => new Promise((resolve, reject) => {
  const mouth = new BroadcastChannel("test");
  mouth.onmessage = ({ data: { value, error } }) => {
    mouth.close();
    if (error) reject(new Error(error));
    else resolve(value);
  };
  mouth.postMessage({ code, argument });
})"""


def is_firefox(page: Page) -> bool:
    """Tell whether a page is in Firefox."""
    browser = page.context.browser
    return browser is not None and browser.browser_type.name == "firefox"


def open_ears(page: Page) -> None:
    """Let `in_worker` reach the workers that start in this page from now on."""
    if is_firefox(page):
        page.route("**/js/worker.js", _listening)


def in_worker(page: Page, code: str, argument: Any = None, frame: Frame | None = None) -> Any:
    """Evaluate an expression, or call a function, in the worker of an engine's.

    A worker that this ends does not answer in Firefox: let it end a moment later.

    Parameters
    ----------
    page : Page
        One that `open_ears` was called for before the worker began.
    code : str
        JavaScript.
    argument
        For a function.
    frame : Frame or None
        The frame that has the worker, if it is of another origin than the page.
    """
    if is_firefox(page):
        return (frame or page).evaluate(_ASK, [code, argument])
    worker = next(worker for worker in page.workers if worker.url.endswith("js/worker.js"))
    return worker.evaluate(code, argument)


def _listening(route: Route) -> None:
    """Answer with the worker's file and an ear for tests, which may evaluate what it hears."""
    response = route.fetch()
    policy = response.headers.get("content-security-policy", "")
    headers = response.headers | {"content-security-policy": policy.replace("script-src", "script-src 'unsafe-eval'")}
    route.fulfill(response=response, headers=headers, body=response.text() + _EAR)
