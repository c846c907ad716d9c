"""Where frames wait for the frame loop: the newest one wins, and every other is closed."""

import asyncio
from typing import Any

from pyselfie.browser.engine.mailbox import Mailbox
from tests.unit.browser.painting.pipeline_parts import Frame


def test_mailbox_keeps_the_newest_frame_only():
    """Older frames are closed unread, with what came with them, and counted; the newest is handed over open."""
    frames = [Frame(), Frame(), Frame()]
    masks = {frame: Frame() for frame in frames}

    async def scenario():
        drops = []
        mailbox: Any = Mailbox(lambda: drops.append(1))
        for frame in frames:
            mailbox.offer(frame, mask=masks[frame])
        return frames, await anext(mailbox), drops

    frames, newest, drops = asyncio.run(scenario())
    assert newest == (frames[2], False, masks[frames[2]])
    assert [frame.closed for frame in frames] == [1, 1, 0]
    assert [masks[frame].closed for frame in frames] == [1, 1, 0]
    assert len(drops) == 2


def test_mailbox_remembers_a_cut_whose_frame_was_dropped():
    """The first frame of another film may be replaced before it is read: then the next one is its first; once."""

    async def scenario():
        mailbox: Any = Mailbox(lambda: None)
        cuts = []
        for lot in ([False], [True, False], [False], [False, True], [True, None, False]):
            for is_cut in lot:
                if is_cut is None:
                    mailbox.clear()
                else:
                    mailbox.offer(Frame(), is_cut=is_cut)
            cuts.append((await anext(mailbox))[1])
        return cuts

    assert asyncio.run(scenario()) == [False, True, False, True, True]


def test_mailbox_wakes_its_reader_and_ends_its_loop():
    """A waiting reader gets the next frame; after close the loop ends and late frames are closed."""

    async def scenario():
        mailbox: Any = Mailbox(lambda: None)
        seen = []

        async def read():
            seen.extend([letter.frame.level async for letter in mailbox])

        reader = asyncio.ensure_future(read())
        for level in (1, 2):
            await asyncio.sleep(0)
            mailbox.offer(Frame(level))
            await asyncio.sleep(0)
        mailbox.offer(Frame(3))
        mailbox.clear()
        await asyncio.sleep(0)
        mailbox.close()
        await reader
        late = Frame()
        mailbox.offer(late)
        return seen, late

    seen, late = asyncio.run(scenario())
    assert seen == [1, 2]
    assert late.closed == 1
