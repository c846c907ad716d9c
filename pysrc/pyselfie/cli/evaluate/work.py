"""``pyselfie evaluate`` at work."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyselfie.cli.atomic_write import atomic_write
from pyselfie.cli.console import complain, deliver
from pyselfie.cli.errors import FileError
from pyselfie.cli.evaluate.clip import Clip
from pyselfie.cli.evaluate.contact_sheet import ContactSheet
from pyselfie.cli.evaluate.pairs import find_pairs, left_out
from pyselfie.cli.picture_file import read_levels, read_picture
from pyselfie.cli.progress import Progress
from pyselfie.evaluation.fit import PERSON_FROM, UnfitError, check_levels, check_size, labels
from pyselfie.evaluation.results import Evaluation, Row
from pyselfie.extras import require
from pyselfie.metrics import ClipMeter, score_picture
from pyselfie.segmenter import Segmenter

if TYPE_CHECKING:
    import argparse

    import numpy as np
    from numpy.typing import NDArray

    from pyselfie.cli.evaluate.pairs import Pair
    from pyselfie.cli.stopping import Stop

    Picture = NDArray[np.uint8]

_SETTINGS = ("pictures", "truth", "masks", "model", "edges", "smoothing")


def run(options: argparse.Namespace, stop: Stop) -> int:
    """Measure, and say what was found; return the exit code."""
    require("PIL", "cli", "reading pictures")
    require("tqdm", "cli", "the progress bar")
    work = _Work(options, stop)
    if options.masks is not None:
        work.do(None)
    else:
        with Segmenter(options.model, options.edges, options.smoothing) as segmenter:
            work.do(segmenter)
    work.write_files()
    found = work.found
    for problem in found.problems:
        complain(problem)
    delivered = deliver(found.as_json() if options.json else found.as_table())
    return found.exit_code if delivered else found.exit_code or 1


class _Work:
    """Measures pictures or a clip, and keeps what it finds in `found`."""

    def __init__(self, options: argparse.Namespace, stop: Stop) -> None:
        self._options, self._stop = options, stop
        given = {name: getattr(options, name) for name in _SETTINGS}
        self.found = Evaluation({name: str(it) if isinstance(it, Path) else it for name, it in given.items()})
        self._sheet = ContactSheet() if options.contact_sheet is not None else None
        self._brightest = {"truth": 0, "masks": 0}

    def do(self, segmenter: Segmenter | None) -> None:
        """Measure all there is; `segmenter` makes the masks where none are given."""
        try:
            if self._options.clip:
                self._clip(segmenter)
            else:
                self._pictures(segmenter)
        except KeyboardInterrupt:
            self.found.interrupted = True
        options, problems = self._options, self.found.problems
        places = (options.pictures, options.truth, options.masks)
        problems += [said for place in places if place is not None and (said := left_out(place))]
        if 0 < self._brightest["truth"] < PERSON_FROM:
            problems.append(labels(options.truth, self._brightest["truth"], "truth"))
        elif 0 < self._brightest["masks"] < PERSON_FROM <= self._brightest["truth"]:
            problems.append(labels(options.masks, self._brightest["masks"], "mask"))

    def _pictures(self, segmenter: Segmenter | None) -> None:
        options = self._options
        pairs, self.found.problems = find_pairs(options.pictures, options.truth, options.masks)
        progress = Progress(len(pairs), quiet=options.quiet, check=self._stop.check)
        try:
            for pair in pairs:
                progress.start(pair.name, 1)
                self._pair(pair, segmenter)
                progress.end()
        finally:
            progress.close()

    def _pair(self, pair: Pair, segmenter: Segmenter | None) -> None:
        try:
            rgb, truth = read_picture(pair.picture).pixels, read_levels(pair.truth)
            check_size(truth, rgb, str(pair.truth), str(pair.picture))
            check_levels(truth, pair.truth)
            mask: NDArray[Any]
            if segmenter is not None:
                mask = segmenter.segment(rgb)
            else:
                assert pair.mask is not None  # noqa: S101 - for mypy: what isn't made is given
                mask = read_levels(pair.mask)
            row = Row(pair.name, score_picture(mask, truth))
        except (FileError, UnfitError) as error:
            self.found.problems.append(str(error))
        except Exception as error:  # whatever it is, the other pictures go on
            self.found.problems.append(f"{pair.picture}: {type(error).__name__}: {error}")
        else:
            self.found.frames += 1
            self._note(row, rgb, truth, mask)

    def _clip(self, segmenter: Segmenter | None) -> None:
        options, meter = self._options, ClipMeter()
        clip = Clip(options.pictures, options.truth, options.masks)
        progress = Progress(1, quiet=options.quiet, check=self._stop.check)
        progress.start(options.pictures.name, clip.expected)
        try:
            for frame in clip:
                mask = frame.mask if segmenter is None else segmenter.segment(frame.rgb)
                if frame.truth is not None:
                    check_size(frame.truth, frame.rgb, f"{options.truth} ({frame.name})", str(options.pictures))
                score = meter.add(mask, frame.truth, frame.rgb)
                self.found.frames += 1
                if score is not None:
                    self._note(Row(frame.name, score), frame.rgb, frame.truth, mask)
                progress.advance()
        except (FileError, ValueError) as error:  # a ValueError: frames of several sizes
            self.found.problems.append(str(error))
        except Exception as error:  # whatever it is, what is measured is shown
            self.found.problems.append(f"{options.pictures}: {type(error).__name__}: {error}")
        finally:
            progress.close()
            self.found.clip = meter.score()

    def _note(self, row: Row, rgb: Picture, truth: Any, mask: Any) -> None:
        self.found.rows.append(row)
        self._brightest["truth"] = max(self._brightest["truth"], int(truth.max()))
        if self._options.masks is not None:
            self._brightest["masks"] = max(self._brightest["masks"], int(mask.max()))
        if self._sheet is not None:
            self._sheet.add(row, rgb, truth, mask)

    def write_files(self) -> None:
        """Write what was asked for beside the table."""
        try:
            if self._options.csv is not None:
                with atomic_write(self._options.csv) as part:
                    # a file's name may be no UTF-8: its bytes are written as they are
                    part.write_text(self.found.as_csv(), encoding="utf-8", errors="surrogateescape", newline="")
            if self._sheet is not None:
                self._sheet.write(self._options.contact_sheet)
        except FileError as error:
            self.found.problems.append(str(error))
