"""What has been made in a folder, from which input and how: a line of JSON for each result, beside the results."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from pyselfie.cli.errors import FileError, UsageError, why
from pyselfie.cli.files import identity, relative, stamp
from pyselfie.cli.remote import RemotePath

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyselfie.cli.files import Place

NAME = ".pyselfie.jsonl"
_PAUSE_S = 5.0


@dataclass(frozen=True)
class Entry:
    """One result.

    Attributes
    ----------
    result
        Its path, from the folder.
    made
        Its size in bytes and its time in nanoseconds.
    input, read
        Where the input lay; its size and its time.
    settings
        The fingerprint of the settings that it was made with; empty if it is not whole.
    """

    result: str
    made: list[Any]
    input: str
    read: list[Any]
    settings: str


class Record:
    """Tells which results of a folder need not be made again, and which files are not pyselfie's to replace.

    Parameters
    ----------
    folder
        Where the results lie.
    settings
        Returns the fingerprint of everything that the result of an input depends on besides it.

    Raises
    ------
    UsageError
        When there is a record that cannot be read.
    """

    def __init__(self, folder: Place, settings: Callable[[Place], str]) -> None:
        self._folder, self._settings = folder, settings
        self._path = folder / NAME
        text = _read(self._path)
        entries = [_parsed(line) for line in text.splitlines()]
        self._entries = {entry.result: entry for entry in entries if entry is not None}
        self._texts, self._is_cut_off = [text], text != "" and not text.endswith("\n")
        self._saved_at, self._is_saved = time.monotonic(), True

    def __str__(self) -> str:
        return str(self._path)

    def has_same(self, source: Place, target: Place) -> bool:
        """Tell whether `target` is what would be made of `source` now."""
        known = self._entries.get(self._key(target))
        if known is None or not target.exists():
            return False
        return known == self._entry(source, stamp(source), target, stamp(target))

    def objection(self, source: Place, target: Place) -> str:
        """Return why `target` must not be replaced by a result of `source`, in one sentence; empty if it may."""
        if not target.exists():
            return ""
        known = self._entries.get(self._key(target))
        if known is None or known.made != list(stamp(target)):
            return f"{target} is there already, and {self._path} does not list it: --overwrite replaces it"
        if known.input == identity(source) or known.read == list(stamp(source)):
            return ""
        return f"{target} is the result of another input, {known.input}: --overwrite replaces it"

    def note(self, source: Place, read: tuple[Any, ...], target: Place, made: tuple[Any, ...], *, whole: bool) -> None:
        """Note a result with the stamp `made`, and that `source` had the stamp `read` before it was read.

        Raises
        ------
        FileError
            When the system refuses: one sentence.
        """
        entry = self._entry(source, read, target, made, whole=whole)
        self._entries[entry.result] = entry
        try:
            self._append(json.dumps(asdict(entry)) + "\n")
        except OSError as error:
            raise FileError(
                f"{target} is written, but {self._path} cannot be, so it will be made again: {why(error)}"
            ) from error

    def _append(self, line: str) -> None:
        if self._is_cut_off:
            line = f"\n{line}"
        if not isinstance(self._path, RemotePath):
            self._is_cut_off = True  # where the disk is full
            with self._path.open("a", encoding="utf-8") as file:
                file.write(line)
            self._is_cut_off = False
            return
        self._texts.append(line)
        self._is_cut_off = self._is_saved = False
        if time.monotonic() - self._saved_at > _PAUSE_S:
            self._upload(self._path)

    def _upload(self, path: RemotePath) -> None:
        with TemporaryDirectory(prefix="pyselfie-") as folder:
            part = Path(folder, NAME)
            part.write_text("".join(self._texts), encoding="utf-8")
            path.write(part)
        self._saved_at, self._is_saved = time.monotonic(), True

    def save(self) -> None:
        """Write what has not been written yet: where nothing can be appended, a record is written now and then.

        Raises
        ------
        FileError
            When the system refuses: one sentence.
        """
        if not self._is_saved and isinstance(self._path, RemotePath):
            try:
                self._upload(self._path)
            except OSError as error:
                raise FileError(
                    f"{self._path} cannot be written, so the last results are not known to the next run: {why(error)}"
                ) from error

    def _entry(
        self, source: Place, read: tuple[Any, ...], target: Place, made: tuple[Any, ...], *, whole: bool = True
    ) -> Entry:
        return Entry(
            result=self._key(target),
            made=list(made),
            input=identity(source),
            read=list(read),
            settings=self._settings(source) if whole else "",
        )

    def _key(self, target: Place) -> str:
        return relative(target, self._folder).as_posix()


def _read(path: Place) -> str:
    try:
        return path.read_bytes().decode("utf-8", "replace")
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {why(error)}") from error


def _parsed(line: str) -> Entry | None:
    """Return a line's entry; None for one that a power cut has cut off, or somebody has changed."""
    try:
        fields: dict[str, Any] = json.loads(line)
        entry = Entry(**fields)
    except (ValueError, TypeError, RecursionError):
        return None
    return entry if isinstance(entry.result, str) else None
