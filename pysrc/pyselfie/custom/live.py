"""A user's effect that is written while it runs: the last good one goes on through every mistake."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, TypeVar

from pyselfie.core.option import OptionError
from pyselfie.custom.console import Console
from pyselfie.custom.cost import Cost
from pyselfie.custom.errors import CustomEffectError
from pyselfie.custom.source import load_effect

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pyselfie.custom.effect import CustomEffect

_Result = TypeVar("_Result")


class LiveEffect:
    """Holds the newest text's effect and the last good one before it.

    An effect is good once it has returned a picture. The newest is tried with each frame until it raises or returns no
    picture; then it waits until its text, its controls or the source of pictures changes, and the last good one runs.

    Parameters
    ----------
    file
        What the messages call the text.

    Attributes
    ----------
    console : Console
        Has what the effects print, and NumPy's warnings, each once for every line and text.
    cost : Cost
        Has what the effect that runs costs, if its caller measures that.
    """

    def __init__(self, file: str = "effect.py") -> None:
        self.console = Console()
        self.cost = Cost()
        self._file = file
        self._newest: CustomEffect | None = None  # of the last text that could be loaded
        self._is_proven = False
        self._before: CustomEffect | None = None  # the last good one before it
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

    def load(self, source: str, function: str | None = None, values: Mapping[str, Any] | None = None) -> bool:
        """Take another text; return whether it can be loaded. `error` says why not, and what runs goes on.

        A control that the user has set, and that is there again, stays as it is set; the others have their defaults.

        Parameters
        ----------
        source, function
            As for `load_effect`.
        values
            What the user has set somewhere else: what fits is taken.
        """
        self._chosen |= values or {}
        self._warned.clear()
        try:
            effect = load_effect(source, function, self._file, self.console.print)
        except CustomEffectError as error:
            self._unread = error
            return False
        if self._is_proven and self._failed is None:
            self._before = self._newest
        self._newest, self._is_proven = effect, False
        self._unread = self._failed = None
        for name, value in self._chosen.items():
            self._keep(effect, name, value)
        return True

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
        self._failed = None

    def reset(self) -> None:
        """Empty the states: another source of pictures begins; what had failed is tried again."""
        for effect in (self._newest, self._before):
            if effect is not None:
                effect.reset()
        self._failed = None

    def run(self, paint: Callable[[CustomEffect], _Result]) -> _Result | None:
        """Paint one frame by the newest effect, or by the last good one.

        Parameters
        ----------
        paint
            Calls the effect with what its `kind` takes, and does with the result what has to be done; it lets a
            `CustomEffectError` through.

        Returns
        -------
        object or None
            What `paint` returned; None if no effect could paint.
        """
        newest, before = self._newest, self._before
        if newest is not None and self._failed is None:
            try:
                result = self._painted(newest, paint)
            except CustomEffectError as error:
                self._failed = error
            else:
                self._is_proven = True
                return result
        if before is not None:
            try:
                return self._painted(before, paint)
            except CustomEffectError:
                self._before = None
        return None

    def _painted(self, effect: CustomEffect, paint: Callable[[CustomEffect], _Result]) -> _Result:
        """Return what `paint` does, while warnings, such as NumPy's about what is not a number, go to the console."""
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.showwarning = self._warn
            return paint(effect)

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
        if (str(message), lineno) not in self._warned:
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
            "running": None if running is None else "newest" if running is newest else "before",
            "ms": self.cost.of(running),
        }
