"""The watchdog of a page's worker, which a test has look at once as often as it would in a long time."""

from __future__ import annotations

KEEPS_LOOKS = """
const { setInterval: real } = self;
self.looks = [];
self.setInterval = (look, ms, ...rest) => {
  if (ms === 500) looks.push(look);
  return real(look, ms, ...rest);
};
self.hurry = async (times, pauseMs, isOver) => {
  for (let count = 0; count < times && !isOver(); count++) {
    looks.at(-1)();
    await new Promise((done) => setTimeout(done, pauseMs)); // in which a worker that is well answers
  }
};
"""
"""Script: `hurry` has the watchdog look so often, with a pause after each look, unless it's over before."""
