"""Two engines of a page on WebGPU in software: one goes on, the other one's device is lost when a row says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tests.browser.harness import EngineDriver
from tests.browser.stand_in import stand_in
from tests.browser.waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from tests.browser.faults.trouble import TroubledSite
    from tests.browser.guard import GuardedPage

# Once a call of this name is made on the newest device, that is gone before the call.
_LOSES = """
(() => {
  const loss = self.loss = { at: "", count: 0 };
  let newest;
  const strike = (name, device) => {
    if (loss.at !== name || device !== newest) return;
    loss.at = "";
    loss.count++;
    device.destroy();
  };
  const { requestDevice } = GPUAdapter.prototype;
  GPUAdapter.prototype.requestDevice = async function (...rest) {
    newest = await requestDevice.apply(this, rest);
    strike("requestDevice", newest);
    return newest;
  };
  const wrap = ({ prototype }, name, isOf) => {
    const original = prototype[name];
    prototype[name] = function (...rest) {
      if (newest && isOf(this)) strike(name, newest);
      return original.apply(this, rest);
    };
  };
  wrap(GPUDevice, "createBuffer", (device) => device === newest);
  wrap(GPUQueue, "submit", (queue) => queue === newest.queue);
})()
"""
_TOLD = "async (pattern) => (await until(({ message }) => new RegExp(pattern).test(message), pattern)).message"
_OTHER_FOLLOWS = """async () => {
  const picture = async () => String.fromCharCode(...new Uint8Array(await (await first.snapshot()).arrayBuffer()));
  const before = await picture();
  first.setOptions({ effect: "mask" });
  const other = await picture();
  first.setOptions({ effect: "fill" });
  return before !== other;
}"""
MODEL = 1
_ALIKE = 1.0
"""Mean difference of two pictures, in levels, that two painters may have."""


class Picture:
    """A composite; two of them are equal if they look it."""

    def __init__(self, pixels: NDArray[np.uint8]) -> None:
        self._pixels = pixels

    __hash__ = None  # type: ignore[assignment] # equality is no matter of bytes here

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Picture) or self._pixels.shape != other._pixels.shape:
            return False
        return float(np.abs(self._pixels.astype(int) - other._pixels).mean()) < _ALIKE


class GpuBench:
    """An engine that is given an effect and a photo; another one of the same worker shows the same."""

    def __init__(self, page: GuardedPage, site: TroubledSite, photo: NDArray[np.uint8]) -> None:
        self.page = page
        self.is_whole = False
        self._photo = photo
        page.on("worker", lambda worker: worker.evaluate(_LOSES))
        self._driver = EngineDriver(stand_in(page), site.url, backend="webgpu", painter="webgpu")
        self.start()
        self._shown = self._picture()

    def renew(self) -> None:
        """Have an engine that has not started."""
        self._driver.renew()

    def start(self) -> None:
        """Start the engine with an effect; it shows the photo."""
        self._driver.start(modelSelection=MODEL, edges="raw", effect="fill")  # few shaders to compile
        self.show()

    def show(self) -> None:
        """Push the photo, and wait until it's painted."""
        self._driver.show(self._photo)

    def change(self, **options: Any) -> None:
        """Change an option."""
        self._driver.options(**options)

    def take_model(self, number: int) -> None:
        """Ask for a model, and wait until it runs."""
        after = self._driver.position()
        self.change(modelSelection=number)
        assert self._driver.wait_for("model", after)["modelSelection"] == number

    def lose_at(self, call: str) -> None:
        """Lose the newest device at the next call of this name."""
        self._driver.in_worker(f"void Object.assign(loss, {{ at: '{call}', count: 0 }})")

    def kept(self) -> Any:
        """Return the picture; before the start it's the other engine's."""
        return self._picture() if self._driver.log("ready") else self._shown

    def told(self, pattern: str) -> str:
        """Return the notice that fits."""
        sentence: str = self.page.evaluate(_TOLD, pattern)
        assert self._driver.in_worker("loss.count") == 1
        return sentence

    def all_told(self) -> list[str]:
        return [event["message"] for event in self._driver.log("error", "notice")]

    def goes_on(self) -> None:
        """See both engines' pictures follow another effect; that of this one comes back with the one before."""
        assert self.page.evaluate(_OTHER_FOLLOWS)
        assert self._driver.log("error") == []
        self.change(effect="mask")
        self._until(lambda: self._picture() != self._shown)
        self.change(effect="fill")
        self._until(lambda: self._picture() == self._shown)

    def _until(self, condition: Callable[[], bool]) -> None:
        until(self.page, condition, lambda: f"told: {self.all_told()}")

    def _picture(self) -> Picture:
        return Picture(self._driver.snapshot())
