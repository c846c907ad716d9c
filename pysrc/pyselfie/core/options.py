"""What the user can choose, validated in one place."""

from __future__ import annotations

import dataclasses
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pyselfie.core.effects import EFFECTS

if TYPE_CHECKING:
    from collections.abc import Mapping

EFFECT_NAMES = tuple(EFFECTS)
_HEX_COLOR = re.compile(r"#([0-9a-fA-F]{6})")


class OptionError(ValueError):
    """An option has a value that it cannot have; the message is one sentence for the user."""


def parse_color(value: object) -> tuple[int, int, int]:
    """Return (red, green, blue), each 0..255, from a ``"#RRGGBB"`` string.

    Raises
    ------
    OptionError
        If `value` is anything else.
    """
    match = _HEX_COLOR.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise OptionError(f"The colour is {value!r}, but it has to look like '#00FF00'; the last one stays.")
    digits = match.group(1)
    return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


@dataclass(frozen=True)
class Options:
    """Everything that changes the picture.

    Attributes
    ----------
    effect : str
        One of `EFFECT_NAMES`.
    color : str
        ``"#RRGGBB"``: the person's fill (effect "fill") or the background (effect "color").
    strength : float
        Blur strength, 0..1.
    mirror : bool
        Paint the person mirrored left to right, as in a mirror; pictures behind are never mirrored.
    model_selection : int
        0: general model, 1: landscape model.
    """

    effect: str = "blur"
    color: str = "#00FF00"
    strength: float = 0.5
    mirror: bool = False
    model_selection: int = 0

    def __post_init__(self) -> None:
        if self.effect not in EFFECT_NAMES:
            raise OptionError(
                f"The effect is {self.effect!r}, but it has to be one of {', '.join(EFFECT_NAMES)}; the last one stays."
            )
        parse_color(self.color)
        _check_strength(self.strength)
        if not isinstance(self.mirror, bool):
            raise OptionError(f"mirror is {self.mirror!r}, but it has to be true or false; the last value stays.")
        if isinstance(self.model_selection, bool) or self.model_selection not in (0, 1):
            raise OptionError(
                f"modelSelection is {self.model_selection!r}, but it has to be 0 (general) or 1 (landscape); "
                "the last model stays."
            )

    def updated(self, changes: Mapping[str, Any]) -> Options:
        """Return a copy with `changes` made; the keys are the attribute names or their JavaScript spelling.

        Raises
        ------
        OptionError
            If a name is unknown or a value is not valid; `self` is untouched.
        """
        renamed = {{"modelSelection": "model_selection"}.get(name, name): value for name, value in changes.items()}
        known = {field.name for field in dataclasses.fields(self)}
        unknown = sorted(set(renamed) - known)
        if unknown:
            raise OptionError(f"There is no option {unknown[0]!r}; the options are {', '.join(sorted(known))}.")
        return dataclasses.replace(self, **renamed)


def _check_strength(strength: object) -> None:
    number = isinstance(strength, (int, float)) and not isinstance(strength, bool)
    if not number or not math.isfinite(strength) or not 0 <= strength <= 1:  # type: ignore[arg-type, operator]
        raise OptionError(f"The strength is {strength!r}, but it has to be a number from 0 to 1; the last one stays.")
