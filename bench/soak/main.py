"""``python3 build.py soak``: one page for hours, and the slope of everything that must not grow."""

from __future__ import annotations

import argparse
import math
import signal
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bench.gpu import SOFTWARE_FLAGS
from bench.machine import describe_machine
from bench.report import now
from bench.site import bench_server
from bench.soak.chromium_tab import ChromiumTab
from bench.soak.firefox_tab import FirefoxTab
from bench.soak.media import CAMERA, write_media
from bench.soak.plan import SELDOM, SELDOM_ON_WEBGPU, rounds
from bench.soak.report import KEPT, SCHEMA, failures, keep, path_for, render, save
from bench.soak.run import Run
from bench.soak.tab import BrowserGoneError
from bench.stand_in import with_stand_ins
from builder.browsers.chromium import QUIET_FLAGS, ensure_chromium
from builder.browsers.firefox import NONE_FOUND, installed_firefox
from builder.errors import BuildError
from builder.paths import DIST, ROOT
from builder.report import complain, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from bench.soak.plan import Step
    from bench.soak.report import Report
    from bench.soak.tab import Tab

# Until each rare step has been taken twice, a browser still starts processes and fills its pools and caches.
_WARM_UP = 0.5  # of a short run
_LONGEST_WARM_UP_S = 600.0
_FLAGS = (
    *QUIET_FLAGS,
    "--disable-renderer-backgrounding",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
)


def main(argv: list[str]) -> int:
    """Run, print the table and save it; return 0 if nothing grew and nothing failed."""
    options = parse(argv)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    report = soak(options)
    print(f"\n{render(report)}\n")
    say(f"saved: {path_for(report, options.output)}")
    if options.write:
        say(f"kept: {keep(report, KEPT)}; python3 build.py generate puts it into docs/reliability.md")
    found = failures(report)
    for sentence in found:
        complain(sentence)
    return int(bool(found))


def parse(argv: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="build.py soak", description="Use one page for long, and see what grows.")
    parser.add_argument("--minutes", type=_minutes, default=5.0, metavar="N", help="how long (default: %(default)s)")
    parser.add_argument("--engine", choices=("chromium", "firefox"), default="chromium", help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="of the steps' order (default: %(default)s)")
    parser.add_argument(
        "--webgpu", action="store_true", help="on WebGPU in software, with small networks in the models' place"
    )
    parser.add_argument("--output", type=Path, metavar="FILE", help="save here instead of in bench/results/")
    parser.add_argument("--write", action="store_true", help="keep the slopes for docs/reliability.md, too")
    return parser.parse_args(argv)


def _minutes(text: str) -> float:
    try:
        minutes = float(text)
    except ValueError:
        minutes = math.nan
    if not 0 < minutes < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of minutes: give one above 0")
    return minutes


def soak(options: argparse.Namespace, plan: Iterable[Sequence[Step]] | None = None, *, leak: bool = False) -> Report:
    """Run as `options` say, and save what was found.

    Parameters
    ----------
    options
        Of `parse`.
    plan
        Other steps than those of `plan.rounds`, round by round.
    leak
        The page keeps a frame and a proxy at each step: what a run has to find.
    """
    query = f"on={'webgpu' if options.webgpu else 'wasm'}{'&leak' if leak else ''}"
    usual = rounds(options.seed, seldom=SELDOM_ON_WEBGPU if options.webgpu else SELDOM)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        media, profile = Path(temporary, "media"), Path(temporary, "profile")
        write_media(media, small=options.webgpu)
        profile.mkdir()
        mounts = {"dist": DIST, "frames": media, "effects": ROOT / "examples" / "effects"}
        tab = _start(options, media, profile)
        try:
            report = _empty_report(options, tab.version)
            path = path_for(report, options.output)
            try:
                server = bench_server(mounts)
                if options.webgpu:
                    server.application = with_stand_ins(server.application)
                with server as site:
                    Run(tab, f"{site.url}soak.html?{query}", report, path, plan or usual).until_the_end()
            finally:
                save(report, path)
        finally:
            tab.close()
    return report


def _start(options: argparse.Namespace, media: Path, profile: Path) -> Tab:
    if options.engine == "chromium":
        flags = (*_FLAGS, *(SOFTWARE_FLAGS if options.webgpu else ()))
        camera = f"--use-file-for-fake-video-capture={media / CAMERA}"
        chromium = ensure_chromium()
        return _started(chromium, lambda: ChromiumTab(chromium, (*flags, camera), profile))
    if options.webgpu:
        raise BuildError("--webgpu needs Chromium: Firefox has no WebGPU in software; leave out one of the two.")
    program = installed_firefox()
    if program is None:
        raise BuildError(NONE_FOUND)
    return _started(program, lambda: FirefoxTab(program, profile))


def _started(program: Path, start: Callable[[], Tab]) -> Tab:
    try:
        return start()
    except (BrowserGoneError, RuntimeError, OSError) as error:
        raise BuildError(f"The browser did not start ({error}); see whether `{program} --headless` does.") from error


def _empty_report(options: argparse.Namespace, version: str) -> Report:
    is_chromium = options.engine == "chromium"
    return {
        "schema": SCHEMA,
        "date": now(),
        "machine": describe_machine(version if is_chromium else "none"),
        "settings": {
            "engine": options.engine,
            "version": version,
            "minutes": options.minutes,
            "seed": options.seed,
            "webgpu": options.webgpu,
            "warm_up_s": round(min(_WARM_UP * 60 * options.minutes, _LONGEST_WARM_UP_S), 1),
        },
        "ended": "as planned",
        "seconds": 0.0,
        "frames": 0,
        "done": {},
        "times_s": [],
        "samples": [],
        "found": {},
        "not_measured": {},
        "faults": [],
        "more_faults": 0,
    }
