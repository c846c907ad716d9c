"""A user's effect that is written while it runs: the last good one goes on through every mistake."""

from __future__ import annotations

import warnings
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from weakref import WeakKeyDictionary, WeakSet

from pyselfie.core.option import OptionError
from pyselfie.custom.console import Console
from pyselfie.custom.cost import Cost
from pyselfie.custom.errors import CustomEffectError, from_exception
from pyselfie.custom.source import load_effect
from pyselfie.custom.stopping import EffectStopped, StoppedEffectError, no_return, stopped

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from pyselfie.custom.effect import CustomEffect

_Result = TypeVar("_Result")

MOST_WARNINGS = 100
"""Of one text; what comes after them is not told."""


class _Text(NamedTuple):
    source: str
    function: str | None


def _unwatched(_number: int) -> AbstractContextManager[None]:
    return nullcontext()


class LiveEffect:
    """Holds the newest text's effect and the last good one before it.

    An effect is good once it has returned a picture. The newest is tried with each frame until it raises or returns no
    picture; then it waits until its text, its controls or the source of pictures changes, and the last good one runs.
    One that had to be stopped waits for another text.

    Parameters
    ----------
    file
        What the messages call the text.
    watch
        ``watch(number)`` is a context in which the user's code of the text of that number runs; `EffectStopped` may be
        raised in it.

    Attributes
    ----------
    console : Console
        Has what the effects print, and NumPy's warnings, each once for every line and text.
    cost : Cost
        Has what the effect that runs costs, if its caller measures that.
    """

    def __init__(
        self, file: str = "effect.py", watch: Callable[[int], AbstractContextManager[None]] = _unwatched
    ) -> None:
        self.console = Console()
        self.cost = Cost()
        self._file, self._watch = file, watch
        self._texts: WeakKeyDictionary[CustomEffect, tuple[_Text, int]] = WeakKeyDictionary()
        self._stopped: tuple[_Text, CustomEffectError] | None = None
        self._newest: CustomEffect | None = None  # of the last text that could be loaded
        self._before: CustomEffect | None = None  # the last good one before it
        self._proven: WeakSet[CustomEffect] = WeakSet()  # have returned a picture
        self._unread: CustomEffectError | None = None  # why the last text could not be loaded
        self._failed: CustomEffectError | None = None  # what the newest one did wrong
        self._chosen: dict[str, Any] = {}  # by name, what the user has set: it outlives the texts
        self._warned: set[tuple[str, int]] = set()

    @property
    def error(self) -> CustomEffectError | None:
        """What is wrong with the last text, None while nothing is."""
        return self._unread or self._failed

    @property
    def newest(self) -> CustomEffect | None:
        """The effect of the last text that could be loaded: its controls are the ones to show."""
        return self._newest

    @property
    def running(self) -> CustomEffect | None:
        """The effect that the next frame is given to first; None if there is no good one."""
        return self._before if self._failed or self._newest is None else self._newest

    @property
    def good(self) -> int | None:
        """The number of the text whose effect has returned a picture last; None if there is none."""
        good = self._newest if self._newest in self._proven and self._failed is None else self._before
        return self._texts[good][1] if good is not None and good in self._proven else None

    def load(
        self, source: str, function: str | None = None, values: Mapping[str, Any] | None = None, number: int = 0
    ) -> bool:
        """Take another text; return whether it can be loaded. `error` says why not, and what runs goes on.

        A control that the user has set, and that is there again, stays as it is set; the others have their defaults.

        Parameters
        ----------
        source, function
            As for `load_effect`.
        values
            What the user has set somewhere else: what fits is taken.
        number
            The caller's, for this text.
        """
        self._chosen |= values or {}
        self._warned.clear()
        text = _Text(source, function)
        if self._stopped is not None and text != self._stopped[0]:
            self._stopped = None  # as `OwnEffect` of the page does: who comes back to a text wants it tried again
        try:
            effect = self._loaded(text, number)
        except CustomEffectError as error:
            self._unread = _without_frames(error)
            return False
        self._texts[effect] = text, number
        if self._failed is None and (self._newest in self._proven or self._before is None):
            self._before = self._newest  # one that had no frame yet is better than none
        self._newest = effect
        self._unread = self._failed = None
        for name, value in self._chosen.items():
            self._keep(effect, name, value)
        return True

    def _loaded(self, text: _Text, number: int) -> CustomEffect:
        if self._stopped is not None and text == self._stopped[0]:
            raise self._stopped[1]
        try:
            return self._watched(self._file, number, lambda: load_effect(*text, self._file, self.console.print))
        except StoppedEffectError as error:
            self._stopped = text, error
            raise
        except CustomEffectError:
            raise
        except BaseException as error:
            raise from_exception(f"{self._file} does not run:", error, self._file) from error

    def give_up(self, source: str, function: str | None, why: str) -> None:
        """Take a text that has ended what ran it, and do not run it; `why` ends the sentence."""
        self._unread = stopped(self._file, why)
        self._stopped = _Text(source, function), self._unread

    @staticmethod
    def _keep(effect: CustomEffect, name: str, value: Any) -> None:
        try:
            effect.set({name: value})
        except OptionError:
            return  # the new text has another control of that name, or none

    def set(self, values: Mapping[str, Any]) -> None:
        """Set controls of the newest effect, which is then tried again if it had failed.

        Raises
        ------
        OptionError
            When there is no effect or no such control, or a value is wrong: one sentence, and nothing is set.
        """
        if self._newest is None:
            raise OptionError("There is no effect yet whose parameters could be set.")
        self._newest.set(values)
        self._chosen |= values
        self._forgive()

    def reset(self) -> None:
        """Empty the states: another source of pictures begins; what had failed is tried again."""
        for effect in (self._newest, self._before):
            if effect is not None:
                effect.reset()
        self._forgive()

    def _forgive(self) -> None:
        if not isinstance(self._failed, StoppedEffectError):
            self._failed = None

    @property
    def has_overlay(self) -> bool:
        """Whether an overlay may run."""
        return any(effect.kind == "overlay" for effect in self._ready())

    @property
    def sees_frame(self) -> bool:
        """Whether the next frame may be given to an effect of full size: until a newest overlay has proved good."""
        newest = self._newest
        if newest is not None and newest in self._proven and self._failed is None:
            return newest.kind == "effect"
        return any(effect.kind == "effect" for effect in (newest, self._before) if effect is not None)

    @property
    def takes_classes(self) -> bool:
        """Whether an effect that may run asks for classes."""
        return any(effect.takes_classes for effect in self._ready())

    def _ready(self) -> list[CustomEffect]:
        """Return the effects that a frame may be given to, in this order."""
        newest = None if self._failed else self._newest
        return [effect for effect in (newest, self._before) if effect is not None]

    def run(self, paint: Callable[[CustomEffect], _Result], kind: str | None = None) -> _Result | None:
        """Paint one frame by the newest effect, or by the last good one.

        Parameters
        ----------
        paint
            Calls the effect with what its `kind` takes, and does with the result what has to be done; it lets a
            `CustomEffectError` through.
        kind
            Leave effects of another kind alone, as they have to wait for another painter.

        Returns
        -------
        object or None
            What `paint` returned; None if no effect could paint.
        """
        newest, before = (
            effect if effect is not None and kind in {None, effect.kind} else None
            for effect in (self._newest, self._before)
        )
        if newest is not None and self._failed is None:
            try:
                result = self._painted(newest, paint)
            except CustomEffectError as error:
                self._failed = self._noted(newest, error)
            else:
                self._proven.add(newest)
                return result
        if before is not None:
            try:
                result = self._painted(before, paint)
            except CustomEffectError as error:
                self._noted(before, error)
                self._before = None
            else:
                self._proven.add(before)
                return result
        return None

    def _noted(self, effect: CustomEffect, error: CustomEffectError) -> CustomEffectError:
        if isinstance(error, StoppedEffectError):
            self._stopped = self._texts[effect][0], error
        if isinstance(error.__cause__, MemoryError):
            effect.reset()  # its state may be what fills the memory
        return _without_frames(error)

    def _painted(self, effect: CustomEffect, paint: Callable[[CustomEffect], _Result]) -> _Result:
        """Return what `paint` does. Nothing in it awaits: a cancellation that it raises can only be the user's own."""
        name = f"the effect {effect.name}"
        try:
            return self._watched(name, self._texts[effect][1], lambda: paint(effect))
        except MemoryError as error:  # also where its picture is made ready: what fills the memory may be its state
            raise from_exception(f"{name} left no memory:", error, self._file) from error
        except Exception:  # that of an effect has become a sentence; others are ours or the browser's: the engine's
            raise
        except BaseException as error:
            raise from_exception(f"{name} raised", error, self._file) from error

    def _watched(self, name: str, number: int, run: Callable[[], _Result]) -> _Result:
        """Return what `run` does, while warnings, such as NumPy's about what is not a number, go to the console."""
        try:
            with warnings.catch_warnings(), self._watch(number):
                warnings.simplefilter("always")
                warnings.showwarning = self._warn
                return run()
        except EffectStopped as stop:
            raise stopped(name, no_return(stop.seconds), stop, self._file) from None

    def _warn(  # noqa: PLR0917 - what `warnings` calls it with
        self,
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: object = None,  # noqa: ARG002 - as above
        line: str | None = None,  # noqa: ARG002 - as above
    ) -> None:
        place = f", line {lineno}" if filename == self._file else ""
        if (str(message), lineno) not in self._warned and len(self._warned) < MOST_WARNINGS:
            self._warned.add((str(message), lineno))
            self.console.print(f"{category.__name__}: {message}{place}")

    def as_dict(self) -> dict[str, Any]:
        """Return what a page shows of it, as JSON can hold it.

        `kind` of the newest effect, or None; its `controls`; the `values` that they are set to; `error` as
        `CustomEffectError.as_dict`, or None; `running`: ``"newest"``, ``"before"`` or None; `ms`: what that one costs
        a frame, None before its first one.
        """
        newest, running = self._newest, self.running
        controls = () if newest is None else newest.controls
        values = {} if newest is None else newest.values
        return {
            "kind": None if newest is None else newest.kind,
            "controls": [control.as_dict() for control in controls],
            "values": {name: getattr(value, "text", value) for name, value in values.items()},
            "error": None if self.error is None else self.error.as_dict(),
            "running": None if running is None else "newest" if running is newest and not self._unread else "before",
            "ms": self.cost.of(running),
        }


def _without_frames(error: CustomEffectError) -> CustomEffectError:
    """Return the error without what led to it: frames of the user's code keep its arrays, however large."""
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)
