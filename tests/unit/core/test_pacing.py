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


def test_pause_is_no_overload():
    """Frames with a pause before and after: the time between them is nobody's load."""
    spell = Spell()
    for _ in range(5):
        spell.run(2, 90)
        spell.now += 60
    assert spell.pacer.frames_per_mask > 1
    assert spell.told == []


class Stream:
    """Frames of 33 ms on a clock of their own, painted with a better edge unless the pacer has dropped it."""

    def __init__(self):
        self.now = 100.0
        self.pacer = Pacer(INTERVAL_MS, clock=lambda: self.now)
        self.changes = []

    def run(self, seconds, *, plain_ms, edge_ms, infer_ms):
        for _ in range(round(seconds * 30)):
            self.now += INTERVAL_MS / 1000
            wanted, dropped = self.pacer.wants_mask(), self.pacer.edge_dropped
            total_ms = plain_ms + edge_ms * (not dropped) + infer_ms * wanted
            self.pacer.learn(total_ms, infer_ms if wanted else None, wants_edge=True)
            if self.pacer.edge_dropped != dropped:
                self.changes.append(round(self.now - 100))
        return self


def test_the_edge_goes_before_masks_do():
    """Where a plain edge is enough, every frame has a mask of its own; where it isn't, masks are reused as well."""
    enough = Stream().run(20, plain_ms=14, edge_ms=6, infer_ms=12)
    assert (enough.pacer.edge_dropped, enough.pacer.frames_per_mask, enough.pacer.reused) == (True, 1, 0)
    not_enough = Stream().run(20, plain_ms=14, edge_ms=6, infer_ms=30)
    assert (not_enough.pacer.edge_dropped, not_enough.pacer.frames_per_mask) == (True, 2)


def test_a_machine_with_time_keeps_the_edge():
    """Also where the first frame takes long, as shaders or caches are made."""
    stream = Stream().run(0.034, plain_ms=90, edge_ms=30, infer_ms=50)
    stream.run(60, plain_ms=10, edge_ms=4, infer_ms=12)
    assert (stream.changes, stream.pacer.frames_per_mask) == ([], 1)


def test_the_edge_comes_back_when_there_is_room_for_it():
    """After a busy spell, and not before it has been away for five seconds."""
    stream = Stream().run(10, plain_ms=8, edge_ms=3, infer_ms=8).run(2, plain_ms=30, edge_ms=9, infer_ms=20)
    stream.run(20, plain_ms=8, edge_ms=3, infer_ms=8)
    gone, back = stream.changes
    assert 5 <= back - gone <= 8
    assert not stream.pacer.edge_dropped


def test_the_edge_does_not_come_and_go():
    """Near the limit it stays away; where other programs are busy every few seconds it rests longer each time."""
    near = Stream().run(600, plain_ms=13, edge_ms=6, infer_ms=12)
    assert len(near.changes) == 1
    restless = Stream()
    for _ in range(60):
        restless.run(5, plain_ms=30, edge_ms=9, infer_ms=20).run(5, plain_ms=5, edge_ms=2, infer_ms=5)
    assert len(restless.changes) <= 20
    rests = [back - gone for gone, back in zip(restless.changes[::2], restless.changes[1::2], strict=False)]
    assert rests == sorted(rests)


def test_without_an_edge_there_is_nothing_to_drop():
    """An effect without one goes on reusing masks."""
    pacer = Pacer(INTERVAL_MS)
    run(pacer, 100, 10, 60)
    assert (pacer.edge_dropped, pacer.frames_per_mask) == (False, 3)


def test_a_mask_out_of_turn_is_not_reused():
    """At a cut the model runs whatever the time: that mask is new, and the frames after it have its turn anew."""
    pacer = Pacer(INTERVAL_MS)
    run(pacer, 300, 10, 60)
    assert pacer.frames_per_mask == 3
    while not pacer.wants_mask():
        pacer.learn(10, None)
    pacer.learn(70, 60)
    before, turns = pacer.reused, []
    for infer_ms in (None, 60, None, None, 60):
        turns.append(pacer.wants_mask())
        pacer.learn(10 + (infer_ms or 0), infer_ms)
    assert turns == [False, False, False, False, True]
    assert pacer.reused == before + 3


def test_without_a_mask_there_is_none_to_reuse():
    """An effect that shows the bare frame."""
    pacer = Pacer(INTERVAL_MS)
    for _ in range(20):
        pacer.learn(10, None, needs_mask=False)
    assert pacer.reused == 0
