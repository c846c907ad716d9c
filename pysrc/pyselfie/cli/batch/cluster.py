"""Jobs done by the workers of a Dask cluster: ``--dask``."""

from __future__ import annotations

import logging
import os
import pkgutil
import secrets
import threading
import time
from argparse import Namespace
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyselfie import __version__
from pyselfie.cli.batch.workshop import Outcome, Workshop
from pyselfie.cli.errors import FileError, UsageError
from pyselfie.cli.progress import Progress
from pyselfie.cli.remote import RemotePath
from pyselfie.extras import require

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

    from pyselfie.cli.batch.executor import Finished
    from pyselfie.cli.batch.plan import Job
    from pyselfie.cli.files import Place

_ANSWER_S = 10.0  # for the scheduler, and for a first worker
_READY_S = 120.0  # for the models of all workers
_LOOK_S = 1.0
_GRACE_S = 3.0  # for pictures in hand when all shall end
_ALONE_S = 60.0  # without any worker
_AHEAD = 2  # jobs for each thread: the next one is there when one ends


class Cluster:
    """Does as many jobs at a time as the cluster's workers have threads; see `Executor`.

    Dask itself gives the tasks of a worker that dies to others. A task at which several have died is tried once more
    when nothing else is at work: it may only have been beside the one that kills them.

    Parameters
    ----------
    options
        The command line.
    """

    def __init__(self, options: Namespace) -> None:
        self._address: str = options.dask
        self._order = secrets.token_hex(8), _absolute(options)
        self._distributed: Any = require("distributed", "dask", "--dask")
        self._at_work: dict[Any, tuple[int, Job]] = {}
        self._suspects: list[tuple[int, Job]] = []
        self._last_chance: int | None = None
        self._over: Finished = []
        self._lost = ""
        self._threads, self._counted, self._had_workers = 1, 0.0, 0.0

    def __enter__(self) -> Cluster:
        self._disabled = logging.root.manager.disable
        logging.disable(logging.CRITICAL)  # what goes wrong is told in sentences, and not by Dask's loggers
        try:
            self._client = self._distributed.Client(self._address, timeout=_ANSWER_S, set_as_default=False)
        except (OSError, ValueError, TypeError) as error:
            logging.disable(self._disabled)
            raise UsageError(
                f"--dask is {self._address}, but no Dask scheduler answers there within {_ANSWER_S:.0f} seconds: "
                "it has to be an address as tcp://10.0.0.1:8786"
            ) from error
        try:
            self._check_workers()
            self._count_threads()
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def _close(self) -> None:
        self._at_work.clear()
        with suppress(OSError, self._distributed.TimeoutError):
            self._client.close(timeout=_ANSWER_S)
        logging.disable(self._disabled)

    def _check_workers(self) -> None:
        """Have each worker load the model, or say which one cannot, and why.

        Raises
        ------
        UsageError
            One sentence.
        """
        try:
            self._client.wait_for_workers(1, timeout=_ANSWER_S)
        except self._distributed.TimeoutError:
            raise UsageError(f"the Dask cluster at {self._address} has no workers") from None
        versions = self._versions()
        for worker, version in sorted(versions.items()):
            if isinstance(version, ImportError):
                raise UsageError(f'the Dask worker {worker} has no pyselfie: pip install "pyselfie[cli]" over there')
            if isinstance(version, Exception):
                raise UsageError(f"the Dask worker {worker} cannot be asked for its version: {version}")
            if version != __version__:
                raise UsageError(
                    f"the Dask worker {worker} has pyselfie {version}, but here it is {__version__}: "
                    "install the same version on all machines"
                )
        ready = {
            self._client.submit(_get_ready, *self._order, workers=[worker], pure=False): worker for worker in versions
        }
        self._wait(ready, _READY_S, "ALL_COMPLETED")
        for future, worker in ready.items():
            if future.status == "error":
                raise UsageError(f"{future.exception()} (says the Dask worker {worker})")

    def _versions(self) -> dict[str, Any]:
        """Return each worker's version of pyselfie, or why there is none."""
        try:
            found: dict[str, Any] = self._client.run(
                pkgutil.resolve_name, "pyselfie:__version__", on_error="return", callback_timeout=_ANSWER_S
            )
        except self._distributed.TimeoutError:
            raise UsageError(
                f"not all workers of the Dask cluster at {self._address} answer within {_ANSWER_S:.0f} seconds"
            ) from None
        return found

    def _wait(self, futures: Iterable[Any], longest_s: float, until: str) -> None:
        ended = self._distributed.TimeoutError, self._distributed.CancelledError
        with suppress(*ended), self._client.as_current():
            self._distributed.wait(list(futures), timeout=longest_s, return_when=until)

    def _count_threads(self) -> None:
        """Note how many jobs the cluster can do now, and whether it has any workers."""
        self._counted = time.monotonic()
        with suppress(OSError, self._distributed.TimeoutError, RuntimeError):
            self._threads = sum(self._client.nthreads().values())
            if self._threads:
                self._had_workers = self._counted
        if self._counted - self._had_workers > _ALONE_S:
            self._lose(f"the Dask cluster at {self._address} has had no worker for {_ALONE_S:.0f} seconds")

    def _lose(self, why: str) -> None:
        """Give up all jobs."""
        self._lost = why
        for number, job in [*self._at_work.values(), *self._suspects]:
            self._over.append((number, Outcome("failed", error=f"{job.source}: {why}")))
        self._at_work.clear()
        self._suspects.clear()

    @property
    def has_room(self) -> bool:
        return len(self._at_work) + len(self._over) < max(1, _AHEAD * self._threads)

    @property
    def is_busy(self) -> bool:
        return bool(self._at_work or self._suspects or self._over)

    def begin(self, number: int, job: Job) -> None:
        if self._lost:
            self._over.append((number, Outcome("failed", error=f"{job.source}: {self._lost}")))
            return
        work = replace(job, source=_whole(job.source), target=_whole(job.target), record=None)
        self._at_work[self._client.submit(_do, *self._order, work, pure=False)] = number, job

    def collect(self) -> Finished:
        if not self._at_work and self._suspects:
            self._last_chance, job = self._suspects.pop()
            self.begin(self._last_chance, job)
        if self._at_work:
            self._wait(self._at_work, _LOOK_S, "FIRST_COMPLETED")
        for future in [future for future in self._at_work if future.done()]:
            if future in self._at_work:  # else all of them have been given up
                self._take(future, *self._at_work.pop(future))
        if time.monotonic() - self._counted > _LOOK_S and not self._lost:
            self._count_threads()
        over, self._over = self._over, []
        return over

    def _take(self, future: Any, number: int, job: Job) -> None:
        """Note what has become of a job."""
        if future.status == "finished":
            self._over.append((number, future.result()))
        elif future.status == "error":
            error = future.exception()
            if not isinstance(error, self._distributed.KilledWorker):
                self._over.append((number, Outcome("failed", error=f"{job.source}: {error}")))
            elif number == self._last_chance:
                sentence = f"{job.source} cannot be processed: the Dask workers at it die (is memory short?)"
                self._over.append((number, Outcome("failed", error=sentence)))
            else:
                self._suspects.append((number, job))
        else:
            self._at_work[future] = number, job
            self._lose(f"the connection to the Dask cluster at {self._address} is lost")

    def stop(self) -> Finished:
        until = time.monotonic() + _GRACE_S
        finished: Finished = []
        while self._at_work and time.monotonic() < until:
            finished += self.collect()
        with suppress(OSError, self._distributed.TimeoutError, RuntimeError):
            self._client.cancel(list(self._at_work))
        return finished


def _whole(path: Place) -> Place:
    """Return a path that means the same on every machine that has this file."""
    return path if isinstance(path, RemotePath) else Path(os.path.abspath(path))  # noqa: PTH100, which leaves links alone


def _absolute(options: Namespace) -> Namespace:
    own = options.own and replace(options.own, file=_whole(options.own.file))
    background = options.background and _whole(options.background)
    return Namespace(**{**vars(options), "own": own, "background": background})


_here = threading.local()


def _workshop(name: str, options: Namespace) -> Workshop:
    """Return the workshop for a command in this thread of a worker; it is made once."""
    if getattr(_here, "name", None) != name:
        if hasattr(_here, "workshop"):
            _here.workshop.close()
        _here.workshop, _here.name = Workshop(options), name
    workshop: Workshop = _here.workshop
    return workshop


def _get_ready(name: str, options: Namespace) -> None:
    """Load the model, before any job."""
    _workshop(name, options)


def _do(name: str, options: Namespace, job: Job) -> Outcome:
    """Do a job in a worker's thread."""
    with closing(Progress(1, quiet=True, check=_check_wanted)) as progress:
        return _workshop(name, options).do(job, progress)


def _check_wanted() -> None:
    """End a job that has been cancelled, as its command was stopped or has gone: Dask itself lets it run."""
    worker = require("distributed", "dask", "--dask").get_worker()
    task = worker.state.tasks.get(worker.get_current_task())
    if task is None or task.state == "cancelled":
        raise FileError("nobody waits for it any more")
