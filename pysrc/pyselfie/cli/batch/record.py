"""What has been made in a folder, from which input and how: a line of JSON for each result, beside the results."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from pyselfie.cli.errors import FileError, UsageError, why
from pyselfie.cli.files import stamp

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NAME = ".pyselfie.jsonl"


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
    made: list[int]
    input: str
    read: list[int]
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

    def __init__(self, folder: Path, settings: Callable[[Path], str]) -> None:
        self._folder, self._settings = folder, settings
        self._path = folder / NAME
        self._entries = {entry.result: entry for entry in _read(self._path)}

    def has_same(self, source: Path, target: Path) -> bool:
        """Tell whether `target` is what would be made of `source` now."""
        known = self._entries.get(self._key(target))
        if known is None or not target.exists():
            return False
        return known == self._entry(source, stamp(source), target, stamp(target))

    def objection(self, source: Path, target: Path) -> str:
        """Return why `target` must not be replaced by a result of `source`, in one sentence; empty if it may."""
        if not target.exists():
            return ""
        known = self._entries.get(self._key(target))
        if known is None or known.made != list(stamp(target)):
            return f"{target} is there already, and {self._path} does not list it: --overwrite replaces it"
        if known.input == os.path.realpath(source) or known.read == list(stamp(source)):
            return ""
        return f"{target} is the result of another input, {known.input}: --overwrite replaces it"

    def note(self, source: Path, read: tuple[int, ...], target: Path, made: tuple[int, ...], *, whole: bool) -> None:
        """Note a result with the stamp `made`, and that `source` had the stamp `read` before it was read.

        Raises
        ------
        FileError
            When the system refuses: one sentence.
        """
        entry = self._entry(source, read, target, made, whole=whole)
        try:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(entry)) + "\n")
        except OSError as error:
            raise FileError(
                f"{target} is written, but {self._path} cannot be, so it will be made again: {why(error)}"
            ) from error

    def _entry(
        self, source: Path, read: tuple[int, ...], target: Path, made: tuple[int, ...], *, whole: bool = True
    ) -> Entry:
        return Entry(
            result=self._key(target),
            made=list(made),
            input=os.path.realpath(source),
            read=list(read),
            settings=self._settings(source) if whole else "",
        )

    def _key(self, target: Path) -> str:
        return target.relative_to(self._folder).as_posix()


def _read(path: Path) -> list[Entry]:
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return []
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {why(error)}") from error
    return [entry for line in text.splitlines() if (entry := _parsed(line)) is not None]


def _parsed(line: str) -> Entry | None:
    """Return a line's entry; None for one that a power cut has cut off, or somebody has changed."""
    try:
        fields: dict[str, Any] = json.loads(line)
        entry = Entry(**fields)
    except (ValueError, TypeError, RecursionError):
        return None
    return entry if isinstance(entry.result, str) else None
