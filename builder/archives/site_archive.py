"""What the site ships of our wheel, stored and as bytecode: no models, which are fetched one at a time, and no CLI."""

from __future__ import annotations

from pathlib import Path

from builder.archives import zips
from builder.archives.bytecode import SITE_PACKAGES, compile_sources, recipe
from builder.paths import CACHE
from builder.report import step
from builder.stamps import fingerprint, is_fresh, write_atomically

FOLDER = CACHE / "pyselfie"
_CLI = ("pyselfie/cli/", "pyselfie/__main__.py")


def ensure_site_archive(wheel: Path) -> Path:
    """Make the archive, unless it has been made of this very wheel, and return its path.

    It is no wheel any more, and must not be called one: pip would install it, and the first call would find no model.

    Raises
    ------
    BuildError
        If a source does not compile.
    """
    archive = FOLDER / f"pyselfie-{wheel.name.split('-')[1]}.zip"
    stamp = FOLDER / ".stamp"
    wanted = fingerprint(wheel, Path(__file__), Path(zips.__file__), recipe())
    if is_fresh(stamp, wanted) and archive.exists():
        return archive
    with step("Compiling the package for the site"):
        write_atomically(archive, zips.pack(_members(zips.unpack(wheel.read_bytes()))))
        write_atomically(stamp, wanted)
    return archive


def _members(wheel: dict[str, bytes]) -> dict[str, bytes]:
    """Return what is in it. Docstrings are left out; RECORD has names alone."""
    kept = {name: data for name, data in wheel.items() if not name.endswith(".onnx") and not name.startswith(_CLI)}
    members = compile_sources(kept, SITE_PACKAGES, optimize=2)
    record = next(name for name in members if name.endswith(".dist-info/RECORD"))
    return members | {record: "".join(f"{name},,\n" for name in sorted(members)).encode()}
