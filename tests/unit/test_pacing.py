"""Fewer masks before fewer frames."""

import pytest

from pyselfie.core.pacing import MOST_FRAMES_PER_MASK, OVERLOAD_S, Pacer

INTERVAL_MS = 1000 / 30


def run(pacer, frames, other_ms, infer_ms):
    """Pass `frames` frames of this cost and return for how many the model ran."""
    masks = 0
    for _ in range(frames):
        wanted = pacer.wants_mask()
        masks += wanted
        pacer.learn(other_ms + (infer_ms if wanted else 0), infer_ms if wanted else None)
    return masks


def test_every_frame_gets_its_mask_while_there_is_time():
    """At 20 of 33 ms nothing is saved."""
    pacer = Pacer(INTERVAL_MS)
    assert run(pacer, 100, 8, 12) == 100
    assert (pacer.frames_per_mask, pacer.reused) == (1, 0)


@pytest.mark.parametrize(("infer_ms", "per_mask"), [(30, 2), (60, 3), (90, 5)])
def test_the_models_time_is_spread_over_as_many_frames_as_it_needs(infer_ms, per_mask):
    """Ten milliseconds of other work leave twenty per frame for the model."""
    pacer = Pacer(INTERVAL_MS)
    masks = run(pacer, 300, 10, infer_ms)
    assert pacer.frames_per_mask == per_mask
    assert masks == pytest.approx(300 / per_mask, abs=4)
    assert pacer.reused == 300 - masks


def test_a_mask_never_grows_older_than_the_limit():
    """Also where painting alone takes longer than the frame's interval."""
    pacer = Pacer(INTERVAL_MS)
    run(pacer, 60, 50, 400)
    assert pacer.frames_per_mask == MOST_FRAMES_PER_MASK


def test_when_the_load_is_gone_every_frame_gets_its_mask_again():
    """The means forget a busy spell."""
    pacer = Pacer(INTERVAL_MS)
    run(pacer, 100, 10, 60)
    assert run(pacer, 400, 5, 5) > 250
    assert pacer.frames_per_mask == 1


class Spell:
    """Frames of 40 ms, each as costly as asked, on a clock of their own; notes what `overload` says."""

    def __init__(self):
        self.now = 100.0
        self.told = []
        self.pacer = Pacer(40, clock=lambda: self.now)

    def run(self, seconds, infer_ms):
        for _ in range(round(seconds / 0.04)):
            self.now += 0.04
            wanted = self.pacer.wants_mask()
            self.pacer.learn(5 + infer_ms * wanted, infer_ms if wanted else None)
            said = self.pacer.overload()
            if said is not None:
                self.told.append((round(self.now - 100), said))
        return self


def test_overload_is_told_once_per_stretch_of_reused_masks():
    """After five seconds, not before; again only when every frame has had its own mask in between."""
    spell = Spell().run(4.9, 90)
    assert spell.told == []
    spell.run(20, 90)
    assert [at for at, _ in spell.told] == [5]
    assert OVERLOAD_S < spell.told[0][1] < OVERLOAD_S + 0.1
    spell.run(20, 5)
    assert spell.pacer.frames_per_mask == 1
    spell.run(20, 90)
    assert len(spell.told) == 2


def test_short_spells_and_a_fast_machine_are_no_overload():
    """A busy spell of three seconds, over before five: nobody is bothered."""
    spell = Spell()
    for _ in range(5):
        spell.run(2, 60).run(6, 5)
        assert spell.pacer.frames_per_mask == 1
    assert spell.told == []
