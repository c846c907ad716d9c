"""JavaScript in the engine's worker, from a test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Frame, Page, Route

ENGINES_FILE = "js/worker.js"

# Firefox evaluates nothing in a worker by WebDriver BiDi: there the worker's file gets an ear for tests at its end.
# What is asked before the ear is there is asked again.
EAR = """
const ear = new BroadcastChannel("test");
const heard = new Set();
ear.onmessage = async ({ data: { id, code, argument } }) => {
  if (!code || heard.has(id)) return;
  heard.add(id);
  ear.postMessage({ id, heard: true });
  try {
    const value = (0, eval)(code);
    ear.postMessage({ id, value: await (typeof value === "function" ? value(argument) : value) });
  } catch (error) {
    ear.postMessage({ id, error: `${error}` });
  }
};
"""
ASK_WORKER = """([code, argument]) => new Promise((resolve, reject) => {
  const mouth = new BroadcastChannel("test");
  const id = Math.random();
  let state = "has not heard";
  const ask = () => mouth.postMessage({ id, code, argument });
  const again = setInterval(ask, 200);
  const late = setTimeout(() => {
    clearInterval(again);
    mouth.close();
    reject(new Error(`after 5 minutes the worker ${state}: ${code}`));
  }, 5 * 60_000);
  mouth.onmessage = ({ data }) => {
    if (data.id !== id || data.code) return;
    clearInterval(again);
    state = "has heard and not answered";
    if (data.heard) return;
    clearTimeout(late);
    mouth.close();
    if (data.error) reject(new Error(data.error));
    else resolve(data.value);
  };
  ask();
})"""


def is_firefox(page: Page) -> bool:
    """Tell whether a page is in Firefox."""
    context = getattr(page, "context", None)  # which WebKit's page, no Playwright's, lacks
    browser = context.browser if context else None
    return browser is not None and browser.browser_type.name == "firefox"


def open_ears(page: Page, file: str = ENGINES_FILE) -> None:
    """Let `in_worker` reach the workers with this file that start in this page from now on."""
    if is_firefox(page):
        page.route(f"**/{file}", _listening)


def in_worker(page: Page, code: str, argument: Any = None, frame: Frame | None = None, file: str = ENGINES_FILE) -> Any:
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
    file : str
        The end of the worker's URL.
    """
    if is_firefox(page):
        return (frame or page).evaluate(ASK_WORKER, [code, argument])
    worker = next(worker for worker in page.workers if worker.url.endswith(file))
    return worker.evaluate(code, argument)


def _listening(route: Route) -> None:
    """Answer with the worker's file and an ear for tests, which may evaluate what it hears."""
    response = route.fetch()
    policy = response.headers.get("content-security-policy", "")
    headers = response.headers | {"content-security-policy": policy.replace("script-src", "script-src 'unsafe-eval'")}
    route.fulfill(response=response, headers=headers, body=response.text() + EAR)
