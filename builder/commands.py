"""What each command does, once ``.venv`` is there."""

from __future__ import annotations

import functools
import signal
import threading
from typing import TYPE_CHECKING

from builder.documents.generate import generate
from builder.paths import DOCS, MODELS, PYSRC, WEB
from builder.pipeline import build
from builder.report import say
from builder.serving.rebuild import anew
from builder.serving.serve import Server, serve_on_free_port
from builder.serving.watch import Reloading, watch
from builder.site.compress import Effort

if TYPE_CHECKING:
    import argparse
    from pathlib import Path


_EFFORT = {"serve": Effort.NONE, "soak": Effort.NONE, "test": Effort.QUICK}
"""For compressed copies; what isn't named here may be published."""


def run(options: argparse.Namespace) -> int:
    """Run the command that was asked for; return the exit code."""
    if options.command == "generate":
        return generate()
    make = functools.partial(build, _EFFORT.get(options.command, Effort.BEST))
    if options.command == "test":
        from builder.check import check  # noqa: PLC0415 - the other commands need no browser

        return check(options.passed_on, make)
    dist = make()
    match options.command:
        case "serve":
            return _serve(dist, options)
        case "bench":
            from bench.run import main as bench  # noqa: PLC0415 - loaded only when asked for

            return bench(options.passed_on)
        case "soak":
            from bench.soak.main import main as soak  # noqa: PLC0415 - as above

            return soak(options.passed_on)
    say(f"built: {dist}")
    return 0


def _serve(dist: Path, options: argparse.Namespace) -> int:
    isolation, offline = not options.no_isolation, options.offline
    if options.port is None:
        server = serve_on_free_port(dist, options.host, isolation=isolation, offline=offline)
    else:
        server = Server(dist, options.host, options.port, isolation=isolation, offline=offline)
    reloading = Reloading(server.application)
    if options.watch:
        server.application = reloading
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with server:
        say(f"serving dist/ at {server.url.replace('127.0.0.1', 'localhost')} (Ctrl-C ends it)")
        try:
            end = threading.Event()
            if options.watch:
                generate_anew, build_anew = (functools.partial(anew, step) for step in ("generate", "build"))
                watch((WEB, PYSRC, MODELS, DOCS), generate_anew, build_anew, reloading.renew, end)
            end.wait()
        except KeyboardInterrupt:
            say("stopped")
    return 0
