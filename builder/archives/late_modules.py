"""Which modules come with the first download, and which ones Python fetches when something first imports them.

The late ones are what no part of the engine imports, and what few effects will; `pyselfie.browser.late_imports` has the
other half. A module that isn't named here comes first.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from builder.archives import zips
from builder.stamps import write_atomically

if TYPE_CHECKING:
    from collections.abc import Mapping

LATE_PYTHON = re.compile(
    r"(?:__hello__|__phello__|_markupbase|_py_abc|_pydatetime|_pyio|_strptime"
    r"|_sysconfigdata__emscripten_wasm32-emscripten|aifc|antigravity|argparse|asyncio\.proactor_events"
    r"|asyncio\.windows_events|asyncio\.windows_utils|bdb|cProfile|calendar|cgi|cgitb|chunk|cmd|code"
    r"|codeop|compileall|concurrent\.futures\.process|configparser|crypt|ctypes\._aix|ctypes\.macholib"
    r"|ctypes\.util|ctypes\.wintypes|difflib|doctest|email|filecmp|fileinput|ftplib|getopt|getpass"
    r"|gettext|graphlib|html|http|imaplib|imghdr|importlib\.metadata|logging\.config|logging\.handlers"
    r"|mailbox|mailcap|mimetypes|modulefinder|multiprocessing|netrc|nntplib|nturl2path|optparse|pdb"
    r"|pickletools|pipes|plistlib|poplib|pprint|profile|pstats|pty|py_compile|pyclbr|pydoc"
    r"|pyodide\.console|pyodide\.http|quopri|rlcompleter|runpy|sched|shelve|shlex|smtplib|sndhdr"
    r"|socketserver|stringprep|sunau|symtable|sysconfig|tabnanny|tarfile|telnetlib|this|tomllib"
    r"|trace|tracemalloc|tty|unittest|urllib\.error|urllib\.request|urllib\.response|urllib\.robotparser|uu"
    r"|wave|webbrowser|wsgiref|xdrlib|xml|xmlrpc|zipapp|zoneinfo"
    r")(?:\.|$)"
    r"|encodings\.(?!aliases|ascii|cp437|cp1252|idna|latin_1|punycode|raw_unicode|unicode|utf)"
)
LATE_NUMPY = re.compile(
    r"numpy\.(?:_configtool|_core\._multiarray_tests|compat|conftest|core|ctypeslib|doc|fft|linalg\._native"
    r"|linalg\.lapack_lite|ma|matlib|polynomial|random|testing|typing)(?:\.|$)"
)


class Parts(NamedTuple):
    """Two archives that are one library together."""

    first: Path
    late: Path

    def exist(self) -> bool:
        """Tell whether both have been made."""
        return self.first.exists() and self.late.exists()


def write_parts(members: Mapping[str, bytes], parts: Parts, late: re.Pattern[str]) -> None:
    """Write `members` (name to content) to the archives: what is in a module that `late` matches to the second one."""
    belated = {name for name in members if late.match(module_of(name))}
    write_atomically(parts.first, zips.pack({name: data for name, data in members.items() if name not in belated}))
    write_atomically(parts.late, zips.pack({name: members[name] for name in belated}))


def module_of(name: str) -> str:
    """Return the dotted name of the module that an archive's file is, or that it would be."""
    path = PurePosixPath(name)
    module = ".".join((*path.parent.parts, path.name.split(".")[0]))
    return module.removesuffix(".__init__")


def entrances(archive: Path) -> list[str]:
    """Return the modules by which one comes into a late archive: those that lie below no other one of it."""
    with zipfile.ZipFile(archive) as opened:
        modules = {module_of(name) for name in opened.namelist()}
    return sorted(module for module in modules if module.rpartition(".")[0] not in modules)
