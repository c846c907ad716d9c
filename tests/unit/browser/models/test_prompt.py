"""What a task awaits of JavaScript: it goes on at once, inside the call that brings the result."""

import asyncio

import pytest

from pyselfie.browser.prompt import Prompt


def test_the_waiter_goes_on_inside_the_call_that_brings_the_result():
    """What stands after the await has happened by the time the call returns, through several functions."""

    async def scenario():
        prompt: Prompt[object] = Prompt()
        seen: list[object] = []

        async def inner():
            return await prompt

        async def outer():
            seen.append(await inner())

        task = asyncio.ensure_future(outer())
        await asyncio.sleep(0)

        def bring():
            prompt.resolve("mask")
            seen.append("returned")

        asyncio.get_running_loop().call_soon(bring)
        await task
        return seen

    assert asyncio.run(scenario()) == ["mask", "returned"]


def test_an_error_is_raised_where_the_result_is_awaited():
    """The caller that brings the error does not get it back."""

    async def scenario():
        prompt: Prompt[object] = Prompt()

        async def wait():
            with pytest.raises(ValueError, match="no model"):
                await prompt
            return "caught"

        task = asyncio.ensure_future(wait())
        asyncio.get_running_loop().call_soon(prompt.reject, ValueError("no model"))
        return await task

    assert asyncio.run(scenario()) == "caught"


def test_a_result_that_is_there_already_is_not_waited_for():
    """Then no other task has a turn in between."""

    async def scenario():
        prompt: Prompt[object] = Prompt()
        prompt.resolve(5)
        others: list[str] = []
        asyncio.get_running_loop().call_soon(others.append, "a turn")
        return await prompt, list(others)

    assert asyncio.run(scenario()) == (5, [])


def test_a_cancelled_waiter_ends_when_the_result_comes():
    """Not before: what it waits for still writes where the waiter has told it to."""

    async def scenario():
        prompt: Prompt[object] = Prompt()

        async def wait():
            await prompt

        task = asyncio.ensure_future(wait())
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.sleep(0)
        waits = not task.done()
        asyncio.get_running_loop().call_soon(prompt.resolve, 5)
        with pytest.raises(asyncio.CancelledError):
            await task
        return waits

    assert asyncio.run(scenario())


def test_a_result_before_its_time_is_refused():
    """Asked without awaiting, it says so."""

    async def scenario():
        prompt: Prompt[object] = Prompt()
        prompt.result()

    with pytest.raises(asyncio.InvalidStateError, match="no result yet"):
        asyncio.run(scenario())
