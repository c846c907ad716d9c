"""NumPy for Pyodide: two archives made of the npm package that was built for the same Python and Emscripten."""

from __future__ import annotations

import re
import tarfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from builder.archives import late_modules, zips
from builder.archives.bytecode import SITE_PACKAGES, compile_sources, recipe
from builder.archives.late_modules import LATE_NUMPY, Parts
from builder.errors import BuildError
from builder.paths import CACHE, NODE_MODULES, ROOT
from builder.report import step
from builder.stamps import expect_sha256, fingerprint, is_fresh, write_atomically

if TYPE_CHECKING:
    from collections.abc import Mapping

ARCHIVES = Parts(CACHE / "numpy" / "numpy-2.0.1.zip", CACHE / "numpy" / "numpy_late-2.0.1.zip")
TARBALL = NODE_MODULES / "@emscripten-forge" / "numpy" / "pkg" / "numpy-2.0.1-py312h4e66579_0.tar.gz"
TARBALL_SHA256 = "608a8525a002505e620f9264738a9f95710de52d577276b37ccb881d662be6d6"
_IN_TARBALL = SITE_PACKAGES.removeprefix("/") + "/"
_LEFT_OUT = re.compile(
    r"(^|/)(tests|__pycache__|f2py|distutils|_pyinstaller)/"  # nothing of these runs in a browser
    r"|\.pyi$|\.pxd$|\.h$|\.a$|/py\.typed$"
    r"|/_simd\.[^/]*so$|/_(umath|operand_flag|rational|struct_ufunc)_tests\.[^/]*so$"  # only NumPy's tests import these
    r"|\.dist-info/(RECORD|direct_url\.json|INSTALLER|REQUESTED|entry_points\.txt)$"
)
"""What the site leaves out; RECORD would name files that are not there."""
_LINALG = "numpy/linalg/_umath_linalg"
_NATIVE = "numpy/linalg/_native/"
_STAND_IN = b'''"""Stands for the module of this name in `_native`, a quarter of NumPy, until something computes."""


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    from numpy.linalg._native import _umath_linalg

    return getattr(_umath_linalg, name)
'''
_NEWDOCS = "numpy/_core/_add_newdocs.py"
_NEWDOC_OF_TESTS = re.compile(rb"add_newdoc\('numpy\._core\._multiarray_tests',.*?\"\"\".*?\"\"\"\)\n", re.DOTALL)


def ensure_numpy() -> Parts:
    """Make the archives, unless they have been made from this very tarball, and return their paths.

    Raises
    ------
    BuildError
        If the tarball is missing or not the pinned one.
    """
    stamp = CACHE / "numpy" / ".stamp"
    wanted = fingerprint(TARBALL_SHA256, Path(__file__), Path(late_modules.__file__), Path(zips.__file__), recipe())
    if is_fresh(stamp, wanted) and ARCHIVES.exist():
        return ARCHIVES
    with step("Making NumPy's archives for Pyodide"):
        make_archives(TARBALL, ARCHIVES)
        write_atomically(stamp, wanted)
    return ARCHIVES


def make_archives(tarball: Path, archives: Parts) -> None:
    """Write them."""
    if not tarball.exists():
        raise BuildError(f"{tarball} is missing: delete node_modules/ and run build.py again.")
    expect_sha256(tarball.name, tarball, TARBALL_SHA256, "delete node_modules/ and run build.py again.")
    members = compile_sources(deferred(site_packages(tarball)), SITE_PACKAGES)
    late_modules.write_parts(members, archives, LATE_NUMPY)


class Library(NamedTuple):
    """A Python module in machine code.

    Attributes
    ----------
    name : str
        Its file, below site-packages.
    code : bytes
        WebAssembly.
    """

    name: str
    code: bytes


def library_apart(archive: Path) -> tuple[bytes, Library]:
    """Return the first archive with its library of machine code as an empty file, and the library.

    Browsers compile a file's code while it comes and keep what they have made of it; they can't with an archive's.

    Raises
    ------
    BuildError
        If there isn't just one.
    """
    members = zips.unpack(archive.read_bytes())
    names = [name for name in members if name.endswith(".so")]
    if len(names) != 1:
        raise BuildError(
            f"{archive.name} has {len(names)} libraries of machine code, expected 1: see {Path(__file__).name}."
        )
    [name] = names
    return zips.pack(members | {name: b""}), Library(name, members[name])


def deferred(members: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return NumPy's files changed so that `import numpy` needs one library of machine code, not three.

    What computes for `numpy.linalg` is loaded when something first calls it; NumPy's own tests' module, which gets a
    docstring, when something imports it.
    """
    changed = {name.replace(_LINALG, f"{_NATIVE}_umath_linalg"): data for name, data in members.items()}
    changed |= {f"{_LINALG}.py": _STAND_IN, f"{_NATIVE}__init__.py": b""}
    changed[_NEWDOCS], count = _NEWDOC_OF_TESTS.subn(b"", members.get(_NEWDOCS, b""))
    if count != 1 or len(changed) != len(members) + 2:
        here = Path(__file__).relative_to(ROOT).as_posix()
        raise BuildError(f"{TARBALL.name} is another NumPy than {here} knows: change it there.")
    return changed


def site_packages(tarball: Path) -> dict[str, bytes]:
    """Return what the site ships of the tarball's site-packages: name below site-packages to content."""
    members: dict[str, bytes] = {}
    with tarfile.open(tarball, "r:gz") as archive:
        for member in archive:
            name = PurePosixPath(member.name).as_posix()
            if not member.isfile() or not name.startswith(_IN_TARBALL) or _LEFT_OUT.search(name):
                continue
            file = archive.extractfile(member)
            if file is not None:
                members[name.removeprefix(_IN_TARBALL)] = file.read()
    return members
