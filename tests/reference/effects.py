"""Effects that pyselfie does not have, put together from the parts of those that it has: every painter must do them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyselfie.core.effects import EFFECTS, Draw, Effect, Overlay

if TYPE_CHECKING:
    import pytest

_FRAME = Draw("copy", "frame")
_OVER = Draw("source-over", "overlay")
_OUT = Draw("destination-out", "overlay")
_BEHIND = Draw("destination-over", "backdrop")

MADE_UP = {
    "silhouette": Effect(Overlay("#102030", "person"), (Draw("copy", "backdrop"), _OVER)),
    "soft": Effect(Overlay("blurred", "all"), (Draw("copy", "overlay"),)),
    "ghost": Effect(Overlay("chosen", "person"), (_FRAME, _OUT, _BEHIND, _OVER)),
    "mist": Effect(Overlay("blurred", "person"), (_FRAME, _OUT, _OVER)),
}

TELL_WORKER = f"""
from pyselfie.core.effects import EFFECTS, Draw, Effect, Overlay

EFFECTS |= {MADE_UP!r}
"""
"""Python for a page's worker, after which its engine has these effects."""


def add_made_up(patch: pytest.MonkeyPatch) -> None:
    """Have the effects in this process for as long as the test runs."""
    for name, effect in MADE_UP.items():
        patch.setitem(EFFECTS, name, effect)
