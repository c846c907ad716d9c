"""What is painted while the camera blurs the background itself."""

import pytest

from pyselfie.core.options import Options
from pyselfie.core.platform_blur import SENTENCE, PlatformBlur


def with_a_frame(options, *, is_blurred):
    """Return what knows of one frame in hand."""
    blur = PlatformBlur()
    blur.arrives(is_blurred=is_blurred)
    blur.begin(options)
    return blur


@pytest.mark.parametrize(
    ("changes", "is_blurred", "painted"),
    [
        ({"effect": "blur"}, True, "none"),
        ({"effect": "blur"}, False, "blur"),
        ({"effect": "blur", "platform_blur": "off"}, True, "blur"),
        ({"effect": "color"}, True, "color"),
        ({"effect": "none"}, True, "none"),
    ],
)
def test_the_cameras_blur_stands_for_ours_alone(changes, is_blurred, painted):
    """Only the effect `blur`, only with `keep`, and only a frame that has the camera's: else it's painted as ever."""
    options = Options(**changes, mirror=True)
    shown = with_a_frame(options, is_blurred=is_blurred).painted(options)
    assert shown == options.updated({"effect": painted})


def painted_effects(*frames, painted=True):
    """Return which effect is painted while and after each frame, blurred by the camera or not, is taken."""
    blur, options, seen = PlatformBlur(), Options(), []
    for is_blurred in frames:
        blur.arrives(is_blurred=is_blurred)
        blur.begin(options)
        seen.append(blur.painted(options).effect)
        blur.end(painted=painted)
        seen.append(blur.painted(options).effect)
    return seen


def test_no_frame_is_seen_without_a_blur():
    """While the first blurred frame after another is painted, that other one may be painted once more."""
    assert painted_effects(True, True) == ["none"] * 4
    assert painted_effects(True, False) == ["none", "none", "blur", "blur"]
    assert painted_effects(False, True, True) == ["blur", "blur", "blur", "none", "none", "none"]


def test_a_frame_that_fails_vouches_for_nothing():
    """Which frame is in hand then nobody knows: what comes after it is blurred by us, too."""
    assert painted_effects(True, True, painted=False) == ["none", "blur", "blur", "blur"]


def test_a_frame_that_waits_changes_nothing():
    """It counts once it's taken."""
    options = Options()
    blur = with_a_frame(options, is_blurred=True)
    blur.arrives(is_blurred=False)
    assert blur.painted(options).effect == "none"
    blur.begin(options)
    assert blur.painted(options).effect == "blur"


def test_it_is_told_once():
    """When the camera's blur begins to stand for ours, and not with each frame; again after it was away."""
    blur, told = PlatformBlur(), []
    for is_blurred in (False, True, True, True, False, True, True):
        blur.arrives(is_blurred=is_blurred)
        told.append(blur.begin(Options()))
        blur.end(painted=True)
    assert told == ["", "", SENTENCE, "", "", "", SENTENCE]


def test_another_source_begins_anew():
    """What the last camera did says nothing of the next one's first frame."""
    blur = with_a_frame(Options(), is_blurred=True)
    blur.reset()
    assert blur.painted(Options()).effect == "blur"
    blur.begin(Options())
    assert blur.painted(Options()).effect == "blur"
