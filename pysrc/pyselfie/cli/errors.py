"""What can go wrong on the command line; every message is one sentence for the user."""

from __future__ import annotations

import errno
from typing import Any


class UsageError(Exception):
    """The command as a whole cannot be carried out."""


class FileError(Exception):
    """One file cannot be processed; the others go on."""


_WORDS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EFBIG: "the file would become larger than this system allows",
    errno.EACCES: "permission denied",
    errno.EROFS: "the disk is read-only",
    errno.EISDIR: "it is a folder",
    errno.ENOTDIR: "a part of its path is a file, not a folder",
    errno.ENOENT: "there is no such file or folder",
    errno.ENAMETOOLONG: "its name is too long",
    errno.EPIPE: "its reader has gone",
    errno.EBADF: "it is closed",
}


def why(error: Any) -> str:
    """Return in a few words what the system, or FFmpeg, refused: `error` is an OSError or of FFmpeg's kind."""
    return _WORDS.get(error.errno) or error.strerror or str(error)
