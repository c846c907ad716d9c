"""Files that fsspec reaches by a URL: ``s3://``, ``gs://``, ``https://`` and others."""

from __future__ import annotations

import re
import shutil
import threading
from contextlib import contextmanager, suppress
from pathlib import Path, PurePath, PurePosixPath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pyselfie.cli.errors import FileError, UsageError, why
from pyselfie.extras import require

if TYPE_CHECKING:
    from collections.abc import Iterator

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")  # two letters at least: C:// is a drive
_WEB = {"http", "https"}
_GONE = {404, 410}
_WITHOUT_FOLDERS = {"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss"}
_PACKAGES = {
    **dict.fromkeys(("s3", "s3a"), "s3fs"),
    **dict.fromkeys(("gs", "gcs"), "gcsfs"),
    **dict.fromkeys(("az", "abfs", "abfss"), "adlfs"),
    **dict.fromkeys(("http", "https"), "aiohttp"),
    **dict.fromkeys(("ssh", "sftp"), "paramiko"),
    "smb": "smbprotocol",
    "hdfs": "pyarrow",
    "webhdfs": "requests",
}
_VERSIONS = (
    *("ETag", "etag", "md5Hash", "Content-MD5", "Digest", "mtime", "LastModified", "Last-Modified", "last_modified"),
    *("updated", "created", "modified"),
)
_OF_THIS_COMPUTER = re.compile(r"(file|local)://(/(?=[A-Za-z]:))?", re.IGNORECASE)  # file:///C:/, too
_PASSWORD = re.compile(r"(?<=://)([^\s/?#:]*):[^/?#]*@")  # which may have blanks
_one_writer = threading.Lock()  # fsspec has one transaction for each file system


def place(text: str) -> Path | RemotePath:
    """Return what the command line names: a path, which a URL of this computer's files is, too, or another URL."""
    own = _OF_THIS_COMPUTER.match(text)
    return Path(text[own.end() :]) if own else RemotePath(text) if _URL.match(text) else Path(text)


class RemotePath:
    """A file or a folder by its URL, with that of `Path` which the command uses; what fails is an OSError."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._protocol = url.partition("://")[0].lower()

    def __str__(self) -> str:
        """Return the URL as it may be shown and written down: without the password."""
        return without_password(self._url)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RemotePath) and other._url == self._url

    def __hash__(self) -> int:
        return hash(self._url)

    def __truediv__(self, below: str | PurePath) -> RemotePath:
        return RemotePath(f"{self._url.rstrip('/')}/{below if isinstance(below, str) else below.as_posix()}")

    @property
    def _place(self) -> PurePosixPath:
        """Return the path in the URL, without what a web server is asked besides."""
        return PurePosixPath(urlsplit(self._url).path if self.is_web else self._url.partition("://")[2])

    @property
    def is_web(self) -> bool:
        """Whether a web server has it, which takes no files and need not list them."""
        return self._protocol in _WEB

    @property
    def name(self) -> str:
        return self._place.name

    @property
    def stem(self) -> str:
        return self._place.stem

    @property
    def suffix(self) -> str:
        return self._place.suffix

    def with_name(self, name: str) -> RemotePath:
        return RemotePath(f"{self._url.rstrip('/').rpartition('/')[0]}/{name}")

    def with_suffix(self, suffix: str) -> RemotePath:
        return self.with_name(f"{self.stem}{suffix}")

    def relative_to(self, folder: object) -> PurePosixPath:
        return PurePosixPath(str(self).removeprefix(f"{str(folder).rstrip('/')}/"))

    def connect(self) -> tuple[Any, str]:
        """Return fsspec's file system and its name for the path there; fsspec keeps the former.

        Raises
        ------
        MissingExtraError, UsageError
            When what reaches such a URL is not installed, or nothing does: one sentence.
        """
        fsspec = require("fsspec", "remote", str(self))
        try:
            found: tuple[Any, str] = fsspec.core.url_to_fs(self._url)
        except ImportError as error:
            package = _PACKAGES.get(self._protocol)
            install = f"needs {package}, which is not installed: pip install {package}" if package else str(error)
            raise UsageError(f"{self} {install}") from error
        except ValueError as error:
            raise UsageError(f"{self} cannot be reached: {_in_a_line(error)}") from error
        return found

    @contextmanager
    def _reached(self) -> Iterator[tuple[Any, str]]:
        """Give the file system; what it raises becomes an OSError with one line."""
        try:
            yield self.connect()
        except FileNotFoundError as error:  # which fsspec says of any web server that doesn't give it
            said = error.__cause__ if self.is_web else None
            if said is None or isinstance(said, FileNotFoundError) or getattr(said, "status", 0) in _GONE:
                raise
            raise OSError(_in_a_line(said)) from error
        except (OSError, UsageError, ImportError):
            raise
        except Exception as error:  # each file system has errors of its own
            raise OSError(_in_a_line(error)) from error

    @contextmanager
    def _looked_at(self) -> Iterator[tuple[Any, str]]:
        """Give the file system for a look before any work."""
        try:
            with self._reached() as found:
                yield found
        except OSError as error:
            raise UsageError(f"{self} cannot be looked at: {reason(error)}") from error

    def is_folder(self) -> bool:
        """Tell whether files lie below it; of a web server's it is one that ends in a slash."""
        if self.is_web:
            return self._url.endswith("/")
        with self._looked_at() as (system, path):
            return bool(system.isdir(path))

    def exists(self) -> bool:
        with self._reached() as (system, path):
            return bool(system.exists(path))

    def stamp(self) -> tuple[Any, ...]:
        """Return its size and whatever tells one version of it from another one."""
        with self._reached() as (system, path):
            facts = system.info(path)
            if facts.get("type") == "directory":
                raise FileNotFoundError(str(self))
            version = next((facts[name] for name in _VERSIONS if facts.get(name) is not None), "")
            return facts.get("size"), str(version)

    def found(self) -> list[RemotePath]:
        """Return what a pattern (``*.jpg``) stands for, in order; the URL itself if it is none or finds nothing."""
        signs = r"[*\[]" if self.is_web else r"[*?\[]"
        pattern = re.search(signs, self._url)
        if pattern is None:
            return [self]
        base = RemotePath(self._url[: pattern.start()].rpartition("/")[0])
        with self._looked_at() as (system, path):
            return [base / place for place in base._below(sorted(system.glob(path)))] or [self]

    def below(self) -> list[RemotePath]:
        """Return all files of a folder and of those in it, in order."""
        with self._looked_at() as (system, path):
            return [self / place for place in self._below(sorted(system.find(path)))]

    def _below(self, paths: list[str]) -> list[str]:
        """Return how those paths that lie below this one go on."""
        base = self.connect()[1].rstrip("/") + "/"
        return [path.removeprefix(base) for path in paths if path.startswith(base)]

    def read_bytes(self) -> bytes:
        with self._reached() as (system, path):
            content: bytes = system.cat_file(path)
            return content

    def write(self, part: Path) -> None:
        """Put the content of `part` there: all of it, or nothing."""
        with self._reached() as (system, path), _one_writer:
            if self._protocol not in _WITHOUT_FOLDERS:
                with suppress(NotImplementedError):
                    system.makedirs(system._parent(path), exist_ok=True)
            with system.transaction, system.open(path, "wb") as file, part.open("rb") as source:
                shutil.copyfileobj(source, file, 1 << 20)


@contextmanager
def local_copy(source: Path | RemotePath) -> Iterator[Path]:
    """Give a file on this computer with the content of `source`: itself, or a copy that goes in the end.

    Raises
    ------
    FileError
        When it cannot be fetched: one sentence.
    """
    if isinstance(source, Path):
        yield source
        return
    with TemporaryDirectory(prefix="pyselfie-") as folder:
        copy = Path(folder, f"input{source.suffix}")
        try:
            with source._reached() as (system, path):
                system.get_file(path, str(copy))
        except OSError as error:
            raise FileError(f"{source} cannot be read: {reason(error)}") from error
        yield copy


def reason(error: OSError) -> str:
    """Return in a few words why; fsspec's errors have no numbers."""
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    return _in_a_line(why(error)) or type(error).__name__


def _in_a_line(error: Any) -> str:
    return without_password(" ".join(str(error).split())) or type(error).__name__


def without_password(text: str) -> str:
    """Return a text as it may be shown: where it has a URL with a password, stars stand for that."""
    return _PASSWORD.sub(r"\1:***@", text)
