"""One thing from a pipe or into one, and what became of it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from pyselfie.cli.batch.results import Result
from pyselfie.cli.console import complain
from pyselfie.cli.live.arguments import DASH
from pyselfie.cli.live.pipe import run_pipe
from pyselfie.cli.live.standard import run_standard
from pyselfie.cli.remote import place

if TYPE_CHECKING:
    import argparse

    from pyselfie.cli.batch.results import Summary
    from pyselfie.cli.stopping import Stop


def run_live(options: argparse.Namespace, summary: Summary, stop: Stop) -> None:
    """Do it and note the result; a sentence says what is wrong with it.

    Raises
    ------
    UsageError
        When standard input or output cannot be used.
    ReaderGoneError
        When nobody reads standard output any more.
    """
    begin = time.monotonic()
    run = run_standard if options.pipe is None else run_pipe
    source, target = options.inputs[0] if options.inputs else DASH, place(options.output or DASH)
    result = Result(str(source), str(target), "failed")
    try:
        run(options, stop.check, result)
    except KeyboardInterrupt:
        summary.interrupted = True
        if result.pictures:  # they have gone out
            result.status = "incomplete"
            summary.files.append(result)
    else:
        summary.files.append(result)
        result.seconds = round(time.monotonic() - begin, 3)
        if result.error:
            complain(result.error)
    summary.seconds = round(time.monotonic() - begin, 3)
