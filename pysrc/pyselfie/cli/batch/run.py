"""Many files: who does them, and how far they are."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from pyselfie.cli.batch.cluster import Cluster
from pyselfie.cli.batch.executor import Here
from pyselfie.cli.batch.loop import Loop
from pyselfie.cli.batch.processes import Processes
from pyselfie.cli.batch.watch import Watch
from pyselfie.cli.progress import Progress

if TYPE_CHECKING:
    import argparse

    from pyselfie.cli.batch.executor import Executor
    from pyselfie.cli.batch.plan import Job
    from pyselfie.cli.batch.results import Summary
    from pyselfie.cli.stopping import Stop


def run_batch(jobs: list[Job], options: argparse.Namespace, summary: Summary, stop: Stop) -> None:
    """Do the jobs, or those that come into a watched folder, and fill in the summary.

    Raises
    ------
    UsageError, MissingExtraError, ModelFileError, ImportError
        When nothing can be begun: what is wrong with the command.
    """
    watch = None if options.watch is None else Watch(options, stop.check)
    open_jobs = None if watch else sum(not (job.skip or job.problem) for job in jobs)
    bars = Progress(open_jobs or 0, quiet=options.quiet or options.json, check=stop.check)
    with closing(bars) as progress, _executor(options, progress, open_jobs) as executor:
        loop = Loop(executor, progress, summary)
        loop.work(watch or jobs)
    if watch and watch.is_waiting and not loop.has_lost:  # Ctrl-C is its end, and took nothing away
        summary.interrupted = False


def _executor(options: argparse.Namespace, progress: Progress, jobs: int | None) -> Executor:
    """Return who does the jobs."""
    if options.dask is not None:
        return Cluster(options)
    if options.workers is not None:
        return Processes(options, jobs)
    return Here(options, progress)
