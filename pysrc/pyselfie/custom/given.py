"""What an effect is given, by the names of its parameters: for whoever writes one, such as an editor's completion."""

from __future__ import annotations

from typing import NamedTuple


class Given(NamedTuple):
    """One parameter.

    Attributes
    ----------
    kind
        Type and shape, in few characters; H and W are the frame's, h and w the mask's of the model.
    about
        One sentence.
    """

    kind: str
    about: str


GIVEN_ABOUT = {
    "frame": Given("uint8 [H, W, 3]", "The whole frame, RGB; an effect that takes it returns a picture of its size."),
    "sample": Given("uint8 [h, w, 3]", "What the model sees, RGB; an effect that takes it returns RGBA of its size."),
    "mask": Given("float32 [H, W]", "1 where the person is, 0 where not; of the picture's size (h, w for an overlay)."),
    "time": Given("float", "Seconds since the first frame."),
    "state": Given("dict", "Stays from frame to frame; empty at first, and when other pictures begin."),
    "classes": Given("mapping to float32 [H, W]", "What the model multiclass tells apart, by name."),
    "aspect": Given("float", "The frame's width over its height: what an overlay has to be thought stretched to."),
}
"""By the parameters' names."""
