"""The parts of Python and NumPy that the first download leaves out come when something first imports them.

An import cannot wait: while such a file is fetched, everything else in the worker stands still, once for each of them.
The build says which modules they hold (builder/archives/late_modules.py).
"""

from __future__ import annotations

import io
import json
import sys
import zipfile
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import PathFinder
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

    from pyselfie.browser.js_types import Buffer

    Fetch = Callable[[str, bool], Buffer | str]
    """``fetch(path, past)``: a file of the site, at once, and `past` the browser's cache; or why there is none."""

_FOLDER = Path("/lib/late")


@dataclass
class LateArchive:
    """One file, and the modules by which one comes into it.

    Attributes
    ----------
    path, sha256 : str
        As in assets.json.
    modules : sequence of str
        Dotted names.
    tried : bool
        Whether it has been asked for.
    """

    path: str
    sha256: str
    modules: Sequence[str]
    tried: bool = False


class LateImports(MetaPathFinder):
    """Finds the modules of late archives, each of which is fetched and unpacked when its first module is wanted.

    Parameters
    ----------
    archives
        What there is.
    fetch
        See `Fetch`.
    folder
        Below it each archive is unpacked in a folder of its own: Python would keep what it has seen of another one.
    """

    def __init__(self, archives: Iterable[LateArchive], fetch: Fetch, folder: Path = _FOLDER) -> None:
        self._archives = {module: archive for archive in archives for module in archive.modules}
        self._fetch = fetch
        self._folder = folder

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,  # noqa: ARG002 - the package's own folder, in which it is not
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """Return the spec of a late module, None for any other name; for the arguments see `importlib.abc`.

        Raises
        ------
        ImportError
            When the archive does not come. The next import of any of its modules is another try.
        """
        archive = self._archives.get(fullname)
        if archive is None:
            return None
        folder = self._folder / Path(archive.path).stem
        if not folder.exists():
            data = self._bytes(archive, fullname)
            folder.mkdir(parents=True)  # first: what unpacking itself imports must not come here again
            with zipfile.ZipFile(io.BytesIO(data)) as members:
                members.extractall(folder)
        return PathFinder.find_spec(fullname, [str(folder.joinpath(*fullname.split(".")[:-1]))], target)

    def _bytes(self, archive: LateArchive, wanted: str) -> bytes:
        answer = self._fetch(archive.path, archive.tried)
        archive.tried = True
        where = f"{wanted} is in {archive.path}, which"
        if isinstance(answer, str):
            raise ImportError(f"{where} could not be downloaded: {answer}; import it again to try again", name=wanted)
        import hashlib  # noqa: PLC0415, it takes a while, and most starts do without

        data = answer.to_bytes()
        found = hashlib.sha256(data).hexdigest()
        if found != archive.sha256:
            fault = f"it has SHA-256 {found}, expected {archive.sha256}"
            raise ImportError(f"{where} is damaged: {fault}; import it again to try again", name=wanted)
        return data


def install(archives: str, fetch: Fetch) -> None:
    """Have Python find late modules from now on, wherever an import wants them.

    Parameters
    ----------
    archives
        JSON: a list of objects with `path`, `sha256` and `modules`.
    fetch
        See `Fetch`.
    """
    sys.meta_path.append(LateImports([LateArchive(**archive) for archive in json.loads(archives)], fetch))
