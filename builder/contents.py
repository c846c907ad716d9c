"""dist/: which files it has and where each comes from; it replaces the old one when it is whole."""

from __future__ import annotations

import functools
import json
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from builder import model_files
from builder.archives import late_modules, numpy_archives, site_archive, vendor, wheels
from builder.documents.option_table import OPTIONS
from builder.offline import app, worker
from builder.paths import CACHE, DIST, DOCS, SERVICE_WORKER, WEB
from builder.play import bundle, completions, examples, look
from builder.report import say, step
from builder.site import compress, docs_pages, fixtures, licences, npm_package, preloads, templates
from builder.site.compress import Effort
from builder.stamps import files_under, fingerprint, is_fresh, sha256_of, write_atomically

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

Plan = dict[str, "Path | bytes"]
"""Path below dist/ to its source: a file to copy, or the bytes themselves."""

_LOADED_BY_THE_WORKER = ("js/worker.js", "js/worker/", "vendor/", "python/", "models/")
_FOR_PIP = "packages/"
"""Installed from a file, never loaded by a page."""
_STAMP = CACHE / "site.stamp"


def ensure_site(packages: wheels.Packages, numpy: late_modules.Parts, effort: Effort = Effort.BEST) -> Path:
    """Bring dist/ up to date, and return its path; `effort` is explained at `builder.pipeline.build`."""
    plan = make_plan(packages, numpy)
    wanted = fingerprint(
        *(part for name in sorted(plan) for part in (name, sha256_of(plan[name]))), Path(compress.__file__)
    )
    efforts = list(Effort)
    stamps = [f"{wanted} {known.value}" for known in efforts[: efforts.index(effort) + 1]]
    if any(is_fresh(_STAMP, stamp) for stamp in stamps) and _is_whole(plan):
        say("dist/ is up to date")
        return DIST
    with step(f"Writing {len(plan)} files to dist/"):
        write_site(plan, DIST, effort)
        compress.forget_all_but({sha256_of(source) for source in plan.values()})
        write_atomically(_STAMP, stamps[-1])
    return DIST


def make_plan(packages: wheels.Packages, numpy: late_modules.Parts) -> Plan:
    """Say what the site is made of."""
    plan: Plan = {f"vendor/{name}": source for name, source in vendor.vendor_files().items()}
    plan[f"python/{numpy.late.name}"] = numpy.late
    plan[f"python/{numpy.first.name}"], library = numpy_archives.library_apart(numpy.first)
    native = f"python/{numpy.first.stem.replace('-', '_native-')}.wasm"
    plan[native] = library.code
    version = packages.wheel.name.split("-")[1]
    archive = site_archive.ensure_site_archive(packages.wheel)
    plan[f"python/{archive.name}"] = archive
    plan |= {f"{_FOR_PIP}{path.name}": path for path in packages.files}
    plan |= {f"models/{path.name}": path for path in model_files.model_files()}
    for script in sorted(WEB.glob("*.js")):
        types = WEB / "types" / f"{script.stem}.d.ts"
        plan |= {path.name: path for path in (script, types)}
    for folder in ("backdrops", "js", "samples", "styles"):
        plan |= {f"{folder}/{path.relative_to(WEB / folder).as_posix()}": path for path in files_under(WEB / folder)}
    plan["widget.json"] = WEB / "widget.json"
    editor = bundle.ensure_bundle()
    plan["js/editor/codemirror.js"] = editor.script
    plan["js/editor/completions.json"] = completions.ensure_completions(numpy, packages.wheel)
    plan["play/examples.json"] = examples.examples_json()
    keeper = worker.ensure_worker()
    plan |= licences.licence_files(editor.licences, keeper.licences)
    plan |= app.app_files()
    plan |= fixtures.fixture_files()
    plan |= npm_package.package_files(version)
    plan["assets.json"] = assets(plan, version, (numpy.late, vendor.STDLIB.late), {native: library.name})
    context = {
        "version": version,
        "options": {option.name: option for option in reversed(OPTIONS)},
        "backdrops": json.loads((WEB / "backdrops" / "backdrops.json").read_text(encoding="utf-8")),
        "preloads": functools.partial(preloads.preloads, WEB),
    }
    pages = templates.environment(WEB / "templates")
    plan["js/editor/look.js"] = look.look_script(pages, context)
    plan |= templates.render(pages, context)
    plan |= docs_pages.docs_files(DOCS, plan, pages, version)
    plan[SERVICE_WORKER] = worker.worker_script(plan, keeper.script)
    return plan


def assets(plan: Plan, version: str, late: Collection[Path], native: Mapping[str, str]) -> bytes:
    """Return assets.json: versions, size and SHA-256 of what the worker loads, what leads to the files in `late`.

    `native` names, for each file of machine code, the Python module that it is.
    """
    files = {
        name: {"bytes": _size(source), "sha256": sha256_of(source)}
        for name, source in sorted(plan.items())
        if name.startswith(_LOADED_BY_THE_WORKER)
    }
    entrances = {
        name: late_modules.entrances(source)
        for name, source in sorted(plan.items())
        if isinstance(source, Path) and source in late
    }
    versions = {"version": version, "runtime": vendor.runtime_version()}
    return json.dumps({**versions, "files": files, "late": entrances, "native": native}, indent=1).encode()


def write_site(plan: Plan, target: Path, effort: Effort = Effort.BEST) -> None:
    """Write `plan` and its compressed forms, then put the result in the place of `target`."""
    CACHE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE, prefix="site-") as folder:
        stage = Path(folder) / "new"
        for name, source in plan.items():
            path = stage / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(source, bytes):
                path.write_bytes(source)
            else:
                shutil.copyfile(source, path)
        _add_compressed(stage, effort)
        stage.chmod(0o755)
        if target.exists():
            target.rename(Path(folder) / "old")
        stage.rename(target)


def _add_compressed(stage: Path, effort: Effort) -> None:
    packages = stage / _FOR_PIP
    files = [path for path in files_under(stage) if not path.is_relative_to(packages)]
    files = [path for path in files if compress.is_compressible(path.name, path.stat().st_size)]
    for path, forms in compress.compressed_copies(files, effort).items():
        for encoding, form in forms.items():
            shutil.copyfile(form, path.with_name(path.name + encoding))


def _size(source: Path | bytes) -> int:
    return len(source) if isinstance(source, bytes) else source.stat().st_size


def _is_whole(plan: Plan) -> bool:
    return all(
        (DIST / name).is_file() and (DIST / name).stat().st_size == _size(source) for name, source in plan.items()
    )
