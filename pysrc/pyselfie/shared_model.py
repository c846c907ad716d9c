"""One model for many callers: threads and tasks take turns, and a forked process loads it anew."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import weakref
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from pyselfie.runtimes.native import NativeRuntime
from pyselfie.runtimes.providers import ProviderError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from types import TracebackType
    from typing import Self

    from numpy.typing import NDArray

    from pyselfie.core.manifest import ModelSpec

IN_BROWSER = sys.platform == "emscripten"
"""Whether this Python is Pyodide, where ONNX Runtime Web is the engine."""

_TO_UNIT = np.float32(1 / 255)


async def use_site(url: str) -> None:
    """Tell Pyodide where a built pyselfie site is, whose ONNX Runtime Web it then uses; does nothing on the desktop.

    Parameters
    ----------
    url
        ``"https://example.org/pyselfie/"``, or relative to the page. Another origin has to allow this one (CORS).

    Raises
    ------
    RuntimeError
        When there is no such site, or the page forbids it.
    """
    if IN_BROWSER:
        from pyselfie.browser import page_engine  # noqa: PLC0415, it needs the browser

        await page_engine.use_site(url)


class SharedModel:
    """A model and its input, which belong to whoever has the turn.

    Parameters
    ----------
    spec
        The model to run; its file came with the package.
    owner
        The class that people know, for the sentence about one that is closed.
    providers
        What runs it on the desktop; see `runtimes.providers.parse_providers`.

    Attributes
    ----------
    spec, providers
        As given.
    is_open
        Until `close`.

    Raises
    ------
    ImportError
        When ONNX Runtime is not installed.
    """

    def __init__(self, spec: ModelSpec, owner: str, providers: tuple[str, ...] = ()) -> None:
        self.spec, self.providers = spec, providers
        self.is_open = True
        self._owner = owner
        self._tensor = np.empty(spec.input_shape, np.float32)
        self._engine: Any = _make_engine(spec, providers)
        self._lock, self._turn = threading.Lock(), asyncio.Lock()
        _living.add(self)

    @contextmanager
    def turn(self) -> Iterator[NativeRuntime]:
        """Give the runtime to one thread at a time.

        Raises
        ------
        ValueError
            When the model is closed.
        """
        with self._lock:
            yield self._opened()

    @asynccontextmanager
    async def turn_async(self) -> AsyncIterator[Any]:
        """Give the runtime, an `OrtWebRuntime`, to one task at a time, in a browser; see `turn`."""
        async with self._turn:
            runtime = await self._opened().opened()
            self._opened()  # it may have been closed meanwhile
            yield runtime
        await asyncio.sleep(0)  # the page's turn: Python goes on inside the call that ends a run, which may not wait

    def _opened(self) -> Any:
        """Return the engine; a forked process gets its own."""
        if not self.is_open:
            raise ValueError(f"this {self._owner} is closed; make a new one to go on")
        if self._engine is None:
            self._engine = _make_engine(self.spec, self.providers)
        return self._engine

    def told(self) -> tuple[str, str]:
        """Return what runs the model, and why.

        Raises
        ------
        ValueError
            When the model is closed.
        """
        engine = self._opened()
        return engine.backend, engine.reason

    def filled(self, picture: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the model's input, always the same array, with `picture`, uint8 [h, w, 3] of its size, in it."""
        np.multiply(picture, _TO_UNIT, out=self._tensor[0])
        return self._tensor

    def forget_parent(self) -> None:
        """Start over in a forked process: another thread may have held the lock, and the model is the parent's."""
        self._lock, self._turn, self._engine = threading.Lock(), asyncio.Lock(), None

    def reset(self) -> None:
        """Forget what the pictures so far have left; it does nothing after `close`."""
        with self._lock:
            if self.is_open and self._engine is not None:
                self._engine.reset()

    def close(self) -> None:
        """Release the model; more calls do nothing."""
        with self._lock:
            self.is_open = False
            if self._engine is not None:
                self._engine.close()


class ModelOwner:
    """What makes masks by a `SharedModel`: its end, and how it gets into another process, where it is made anew."""

    _model: SharedModel
    _MADE_ANEW: ClassVar[frozenset[str]] = frozenset({"_model", "_sampling"})
    """The attributes that `__init__` makes; all others are a subclass's own, and go along."""

    def _origin(self) -> tuple[type[ModelOwner], tuple[Any, ...]]:
        """Return the class whose `__init__` makes such a one, and what that has to be given."""
        raise NotImplementedError

    @property
    def backend(self) -> str:
        """What runs the model: ``"cpu"``, ``"cuda"``, ``"coreml"``, ``"directml"``, or in a browser ``"wasm"``."""
        return self._model.told()[0]

    @property
    def reason(self) -> str:
        """Why that was chosen, for people to read."""
        return self._model.told()[1]

    def reset(self) -> None:
        """Forget what the pictures so far have left: another film begins. It does nothing after `close`."""
        self._model.reset()

    def close(self) -> None:
        """Release the model; more calls do nothing."""
        self._model.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __reduce__(self) -> tuple[Any, ...]:
        own = {name: value for name, value in vars(self).items() if name not in self._MADE_ANEW}
        return _restore, (type(self), *self._origin(), self._model.is_open), own


def _restore(kind: type[ModelOwner], maker: type[ModelOwner], given: tuple[Any, ...], is_open: bool) -> ModelOwner:
    """Make a pickled one again; a subclass's `__init__` may take anything, so it isn't called."""
    owner = kind.__new__(kind)
    maker.__init__(owner, *given)
    if not is_open:
        owner.close()
    return owner


_living: weakref.WeakSet[SharedModel] = weakref.WeakSet()


def _after_fork() -> None:
    for model in list(_living):
        model.forget_parent()


if hasattr(os, "register_at_fork"):  # neither Windows nor a browser has it
    os.register_at_fork(after_in_child=_after_fork)


def _make_engine(spec: ModelSpec, providers: tuple[str, ...]) -> Any:
    """Return what runs the model here: a `NativeRuntime`, or in a browser a `PageEngine`."""
    if IN_BROWSER:
        if providers:
            raise ProviderError("providers are ONNX Runtime's on the desktop; in a browser leave them out")
        from pyselfie.browser.page_engine import PageEngine  # noqa: PLC0415, it needs the browser

        return PageEngine(spec)
    return NativeRuntime(spec, providers=providers)
