"""Jobs done by several processes on this computer: ``--workers``."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from multiprocessing import connection, resource_tracker
from typing import TYPE_CHECKING, Any

from pyselfie.cli.batch.workshop import Outcome, Workshop
from pyselfie.cli.console import secure_streams
from pyselfie.cli.errors import UsageError, why
from pyselfie.cli.progress import Progress
from pyselfie.core.manifest import ModelFileError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from multiprocessing.connection import Connection
    from types import TracebackType

    from pyselfie.cli.batch.executor import Finished
    from pyselfie.cli.batch.plan import Job

_PATIENCE_S = 5.0  # with a worker that has been asked to end
_LOOK_S = 1.0
_TERMINAL = [getattr(signal, name) for name in ("SIGINT", "SIGHUP") if hasattr(signal, name)]


class Processes:
    """Does as many jobs at a time as it has processes, each with its own model; see `Executor`.

    A process has one job at a time, so the one that dies says which: it is tried once more by a fresh process.

    Parameters
    ----------
    options
        The command line.
    jobs
        How many there will be, None if nobody knows: no more processes are started.
    """

    def __init__(self, options: argparse.Namespace, jobs: int | None) -> None:
        count = options.workers if jobs is None else min(options.workers, jobs)
        threads = max(1, _cores() // max(1, count))
        self._crew = [_Worker(options, threads) for _ in range(count)]

    def __enter__(self) -> Processes:
        try:
            for worker in self._crew:
                worker.start()
            for worker in self._crew:
                worker.await_ready()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def _end(self) -> None:
        for worker in self._crew:
            worker.ask_to_stop()
        until = time.monotonic() + _PATIENCE_S
        for worker in self._crew:
            worker.end(until)

    @property
    def has_room(self) -> bool:
        return any(worker.job is None for worker in self._crew)

    @property
    def is_busy(self) -> bool:
        return any(worker.job is not None for worker in self._crew)

    def begin(self, number: int, job: Job) -> None:
        next(worker for worker in self._crew if worker.job is None).give(number, job)

    def collect(self) -> Finished:
        busy = {worker.pipe: worker for worker in self._crew if worker.job is not None}
        answers = [busy[pipe].answer() for pipe in connection.wait(list(busy), _LOOK_S)]  # type: ignore[index]
        return [answer for answer in answers if answer is not None]

    def stop(self) -> Finished:
        for worker in self._crew:
            worker.ask_to_stop()
        until = time.monotonic() + _PATIENCE_S
        finished: Finished = []
        while self.is_busy and time.monotonic() < until:
            finished += self.collect()
        return finished


class _Worker:
    """A process, as its parent sees it; another one takes the place of one that has died."""

    def __init__(self, options: argparse.Namespace, threads: int) -> None:
        self._options, self._threads = options, threads
        self.job: tuple[int, Job] | None = None
        self._is_second_try = self._is_stopping = False

    def start(self) -> None:
        """Start the process; it gets ready on its own.

        Raises
        ------
        UsageError
            When the system has no room for another one.
        """
        spawn = multiprocessing.get_context("spawn")
        try:
            self.pipe, theirs = spawn.Pipe()
            self._process = spawn.Process(target=_work, args=(theirs, self._options, self._threads), daemon=True)
            with _without_signals():
                self._process.start()
        except OSError as error:
            raise UsageError(f"a worker process could not be started: {why(error)}") from error
        theirs.close()  # or this process would not notice that it has been closed over there

    def await_ready(self) -> None:
        """Wait until it is ready for jobs.

        Raises
        ------
        UsageError, MissingExtraError, ModelFileError, ImportError
            What is wrong with the command.
        """
        try:
            said = self.pipe.recv()
        except (EOFError, OSError):
            raise UsageError(f"a worker process could not be started: {self._how_it_ended()}") from None
        if isinstance(said, BaseException):
            raise said

    def give(self, number: int, job: Job) -> None:
        """Let it do a job, for which it has to be free."""
        self.job, self._is_second_try = (number, job), False
        self._send(job)

    def _send(self, job: Job) -> None:
        with suppress(OSError):  # it has died: that is found with its answer
            self.pipe.send(replace(job, record=None))

    def answer(self) -> tuple[int, Outcome] | None:
        """Return what became of the job if it has ended, and be free again."""
        assert self.job is not None  # noqa: S101 - for mypy: only those that have one are asked
        number, job = self.job
        try:
            said: Any = self.pipe.recv()
        except (EOFError, OSError):
            return self._after_death()
        if said is None:  # a fresh one is ready
            return None
        self.job = None
        return number, said if isinstance(said, Outcome) else Outcome("failed", error=f"{job.source}: {said}")

    def _after_death(self) -> tuple[int, Outcome] | None:
        """Try the job once more, or give it up."""
        assert self.job is not None  # noqa: S101 - for mypy
        number, job = self.job
        how = self._how_it_ended()
        if self._is_stopping:
            self.job = None
            return None
        self.pipe.close()
        self.start()
        if not self._is_second_try:
            self._is_second_try = True
            self._send(job)
            return None
        self.job = None
        sentence = f"{job.source} cannot be processed: the worker process at it died twice, the last time by {how}"
        return number, Outcome("failed", error=sentence)

    def _how_it_ended(self) -> str:
        self._process.join(_PATIENCE_S)
        code = self._process.exitcode
        if code is None or code >= 0:
            return f"exit code {code}"
        name = signal.Signals(-code).name
        return f"{name} (is memory short?)" if name == "SIGKILL" else name

    def ask_to_stop(self) -> None:
        """Let it end after the picture in hand."""
        self._is_stopping = True
        if hasattr(self, "pipe"):
            with suppress(OSError):
                self.pipe.send(None)

    def end(self, until: float) -> None:
        """Wait for its end, and bring it about if that takes longer than `until`."""
        if not hasattr(self, "_process") or self._process.pid is None:
            return
        self._process.join(max(0.0, until - time.monotonic()))
        for insist in (self._process.terminate, self._process.kill):
            if self._process.exitcode is None:
                insist()
                self._process.join(_PATIENCE_S)
        self._process.close()
        self.pipe.close()


def _cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def _without_signals() -> Iterator[None]:
    """Let a process that is started meanwhile never see the terminal's signals; they come to this one afterwards."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # else it starts with the first process, and lets the signals in again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _TERMINAL)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work(pipe: Connection, options: argparse.Namespace, threads: int) -> None:
    """Do what comes through the pipe, until that is closed or says stop: what a worker process does."""
    for number in _TERMINAL:  # they go to all processes of a terminal: the parent decides
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _interrupt)  # so that no half file is left
    secure_streams()
    with suppress(ImportError):
        import cv2  # noqa: PLC0415, it is an optional extra

        cv2.setNumThreads(threads)

    def check() -> None:
        if pipe.poll():  # while a job is done nothing comes but the end
            raise KeyboardInterrupt

    try:
        with closing(Workshop(options)) as workshop, closing(Progress(1, quiet=True, check=check)) as progress:
            pipe.send(None)
            while (job := pipe.recv()) is not None:
                pipe.send(workshop.do(job, progress))
    except (UsageError, ModelFileError, ImportError) as error:
        pipe.send(error)
    except (EOFError, OSError, KeyboardInterrupt):
        return


def _interrupt(*_signal: Any) -> None:
    raise KeyboardInterrupt
