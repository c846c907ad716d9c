"""What is in dist/, and how it gets there."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import subprocess
import zipfile
from importlib import metadata
from pathlib import Path

import brotli
import numpy as np
import pytest
from PIL import Image

import bench.run as bench
import pyselfie
from builder import check, cli, commands, contents
from builder.archives import bytecode, late_modules, wheels
from builder.errors import BuildError
from builder.paths import MODELS, ROOT, WEB
from builder.site import compress, templates
from builder.site.compress import Effort
from builder.site.preloads import preloads
from builder.stamps import files_under, sha256_of


def test_assets_tell_the_truth(dist: Path):
    """assets.json has the size and the SHA-256 of every file that the worker is made of or loads, and of no other."""
    listed = json.loads((dist / "assets.json").read_text())["files"]
    present = {
        path.relative_to(dist).as_posix(): {"bytes": path.stat().st_size, "sha256": sha256_of(path)}
        for folder in ("js/worker", "vendor", "python", "models")
        for path in [*files_under(dist / folder), dist / "js/worker.js"]
        if path.suffix not in compress.ENCODINGS
    }
    assert listed == present
    assert {"js/worker.js", "vendor/pyodide/pyodide.asm.wasm", "models/selfie_segmentation.onnx"} <= set(listed)


def test_numpys_machine_code_is_a_file_of_its_own(dist: Path):
    """assets.json says which module it is; there the archive has an empty file, which is all that Python looks for."""
    assets = json.loads((dist / "assets.json").read_text())
    [(path, module)] = assets["native"].items()
    assert path in assets["files"]
    assert (dist / path).read_bytes().startswith(b"\0asm")
    with zipfile.ZipFile(dist / "python/numpy-2.0.1.zip") as archive:
        sizes = {info.filename: info.file_size for info in archive.infolist() if info.filename.endswith(".so")}
    assert sizes == {module: 0}


def test_late_modules_are_found_by_their_entrances(dist: Path):
    """assets.json names, for each late archive, the topmost modules in it; no module is in both parts of a library."""
    late = json.loads((dist / "assets.json").read_text())["late"]
    python, numpy = "vendor/pyodide/python_stdlib_late.zip", "python/numpy_late-2.0.1.zip"
    assert set(late) == {python, numpy}
    assert {"xml", "unittest", "encodings.cp850", "importlib.metadata"} <= set(late[python])
    assert {"numpy.random", "numpy.linalg.lapack_lite", "numpy.linalg._native"} <= set(late[numpy])
    for path, names in late.items():
        first, second = (zipfile.ZipFile(dist / name).namelist() for name in (path.replace("_late", ""), path))
        assert not {late_modules.module_of(name) for name in first} & set(names)
        assert all(any(late_modules.module_of(name).startswith(start) for start in names) for name in second)


def test_pages_preload_what_their_scripts_import(dist: Path):
    """Each page names every module that its script imports, over any number of steps, and no file that is not there."""
    for page, far in (
        ("index.html", "js/engine/worker_host.js"),
        ("play.html", "js/editor/codemirror.js"),
        ("widget.html", "js/widget/query.js"),
    ):
        preloaded = re.findall(r'rel="modulepreload" href="([^"]+)"', (dist / page).read_text())
        assert far in preloaded
        assert all((dist / path).is_file() for path in preloaded)


def test_demo_playground_and_lab_link_each_other(dist: Path):
    """Above each page's content, the other two."""
    pages = {"index.html": "./", "play.html": "play.html", "lab.html": "lab.html"}
    for page in pages:
        links = set(re.findall(r'<a [^>]*href="([^"]+)"', (dist / page).read_text().partition("<main")[0]))
        assert {link for name, link in pages.items() if name != page} <= links, page


def test_only_who_wants_a_panel_loads_it():
    """pyselfie.js exports trace and editor, and imports nothing of them."""
    assert "js/element/element.js" in preloads(WEB, "pyselfie.js")
    assert not [path for path in preloads(WEB, "pyselfie.js") if path.startswith(("js/trace/", "js/editor/"))]


def test_compressed_forms_are_the_files(dist: Path):
    """Every .br and .gz in dist/ unpacks to the file beside it and is smaller."""
    forms = [path for path in files_under(dist) if path.suffix in compress.ENCODINGS and path.parent.name != "packages"]
    assert len(forms) > 20
    for form in forms:
        unpack = brotli.decompress if form.suffix == ".br" else gzip.decompress
        original = form.with_suffix("")
        assert unpack(form.read_bytes()) == original.read_bytes(), form
        assert form.stat().st_size < original.stat().st_size


def test_site_archive_leaves_the_models_out(dist: Path):
    """The site's archive has the package as bytecode and the manifest but no model; its RECORD lists what is there."""
    [path] = [path for path in (dist / "python").glob("pyselfie-*") if path.suffix not in compress.ENCODINGS]
    assert path.name == f"pyselfie-{pyselfie.__version__}.zip"
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        [record] = [name for name in names if name.endswith("RECORD")]
        recorded = {line.split(",")[0] for line in archive.read(record).decode().splitlines()}
    assert {"pyselfie/__init__.pyc", "pyselfie/_models/manifest.json"} <= names
    assert not [name for name in names if name.endswith((".onnx", ".py")) or "/cli/" in name]
    assert recorded == names


def test_models_are_the_committed_ones(dist: Path):
    """The site serves the very files of models/."""
    for path in MODELS.glob("*.onnx"):
        assert (dist / "models" / path.name).read_bytes() == path.read_bytes()


def test_sample_is_the_astronaut(dist: Path, astronaut: np.ndarray):
    """The sample portrait is scikit-image's photo, within what JPEG at this quality changes."""
    with Image.open(dist / "samples" / "astronaut.jpg") as picture:
        pixels = np.asarray(picture.convert("RGB"))
    assert pixels.shape == (512, 512, 3)
    assert np.abs(pixels.astype(int) - astronaut).mean() < 2


def test_backdrops_are_complete(dist: Path):
    """backdrops.json lists each picture once, with a full-size file and a thumbnail of its shape; the page has all."""
    entries = json.loads((dist / "backdrops" / "backdrops.json").read_text())
    assert len({entry["name"] for entry in entries}) == 6
    page = (dist / "index.html").read_text()
    for entry in entries:
        with (
            Image.open(dist / "backdrops" / entry["file"]) as picture,
            Image.open(dist / "backdrops" / entry["thumb"]) as thumb,
        ):
            assert (picture.size, thumb.size) == ((1920, 1080), (320, 180))
        assert all(f'"backdrops/{entry[key]}"' in page for key in ("file", "thumb"))
    listed = {entry[key] for entry in entries for key in ("file", "thumb")}
    assert {path.name for path in (dist / "backdrops").glob("*.jpg")} == listed


def test_only_the_own_origin_may_take_the_widgets_picture(dist: Path):
    """The list of other origins is there for whoever hosts the site, and empty."""
    assert json.loads((dist / "widget.json").read_text()) == {"readers": []}


def test_licence_texts_are_those_of_the_package():
    """The copies of ONNX Runtime's texts are what its own package has."""
    onnxruntime = metadata.distribution("onnxruntime")
    for ours, theirs in (("onnxruntime", "LICENSE"), ("onnxruntime-ThirdPartyNotices", "ThirdPartyNotices.txt")):
        original = Path(str(onnxruntime.locate_file(f"onnxruntime/{theirs}")))
        assert (ROOT / "builder" / "site" / "licence_texts" / f"{ours}.txt").read_bytes() == original.read_bytes()


def test_licences_of_all_that_is_shipped(dist: Path):
    """Each licence text is there and is the licence that it is named for."""
    texts = {path.name: path.read_text() for path in files_under(dist / "licenses") if path.suffix == ".txt"}
    assert "Mozilla Public License Version 2.0" in texts["MPL-2.0.txt"]
    assert "Apache License" in texts["Apache-2.0.txt"]
    assert "MediaPipe" in texts["models-NOTICE.txt"]
    assert "Microsoft" in texts["onnxruntime.txt"]
    assert "protobuf" in texts["onnxruntime-ThirdPartyNotices.txt"]
    assert "PYTHON SOFTWARE FOUNDATION LICENSE" in texts["CPython.txt"]
    for part in ("pyodide/tree/0.27.7", "NumPy 2.0.1", "ONNX Runtime Web 1.30.0", "NASA"):
        assert part in texts["README.txt"]


def test_no_page_names_another_origin(dist: Path):
    """Pages, styles and scripts of our own load nothing from elsewhere."""
    own = [*dist.glob("*.html"), *files_under(dist / "js"), *files_under(dist / "styles")]
    for path in own:
        if path.suffix not in compress.ENCODINGS:
            text = path.read_text().replace("http://www.w3.org/", "")  # names of XML vocabularies, not addresses
            assert 'src="http' not in text
            assert "url(http" not in text
            assert 'import("http' not in text
            assert 'from "http' not in text


def test_python_of_the_site_runs(dist: Path, tmp_path: Path):
    """In Pyodide, with the site's own files, NumPy works from bytecode and its machine code, and pyselfie imports."""
    # A copy, because Node would take the .js files below this project's package.json for ES modules.
    shutil.copytree(dist / "vendor" / "pyodide", tmp_path / "pyodide")
    program = Path(__file__).with_name("site_in_pyodide.py")
    command = ["node", str(bytecode.DRIVER), str(tmp_path / "pyodide"), str(program), str(dist / "python")]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr[-3000:]
    answer = json.loads(result.stdout.splitlines()[-1])
    assert answer == {
        "version": "2.0.1",
        "inverse": [[0.5, 0.0], [0.0, 0.25]],
        "fft": [1.0, 1.0, 1.0, 1.0],
        "random": [3],
        "masked": 8.5,
        "sources": [],
        "help": True,
        "package": "pyselfie",
    }


def test_source_that_does_not_compile_is_named():
    """A syntax error in what is to be compiled stops the build with Python's own words."""
    with pytest.raises(BuildError, match=r"(?s)could not compile the sources for /somewhere:.*broken\.py.*SyntaxError"):
        bytecode.compile_sources({"broken.py": b"def"}, "/somewhere")


def test_new_site_replaces_the_old_one_whole(tmp_path: Path):
    """Files of the old site that the new one lacks are gone, and the new ones are there with their compressed forms."""
    target = tmp_path / "dist"
    contents.write_site({"old.txt": b"old", "both.txt": b"1"}, target)
    contents.write_site({"both.txt": b"2", "js/long.js": b"let x;\n" * 500}, target)
    names = {path.relative_to(target).as_posix() for path in files_under(target)}
    assert names == {"both.txt", "js/long.js", "js/long.js.br", "js/long.js.gz"}
    assert (target / "both.txt").read_bytes() == b"2"


def test_only_what_is_published_is_compressed_at_length(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """`serve` takes the copies that are there, `test` makes quick ones, a build the best, which both take after it."""
    monkeypatch.setattr(compress, "COMPRESSED", tmp_path / "compressed")
    monkeypatch.setattr(contents, "DIST", tmp_path / "dist")
    monkeypatch.setattr(contents, "_STAMP", tmp_path / "stamp")
    source = (WEB / "js" / "element" / "element.js").read_bytes()
    plan: contents.Plan = {"a.js": source}
    monkeypatch.setattr(contents, "make_plan", lambda *_: plan)
    paths = wheels.Packages(tmp_path, ()), late_modules.Parts(tmp_path, tmp_path)

    def built(effort: Effort) -> dict[str, bytes]:
        contents.ensure_site(*paths, effort)
        return {path.name: path.read_bytes() for path in files_under(tmp_path / "dist")}

    published = {
        "a.js": source,
        "a.js.br": brotli.compress(source, quality=11, lgwin=24),
        "a.js.gz": gzip.compress(source, compresslevel=9, mtime=0),
    }
    assert built(Effort.NONE) == {"a.js": source}
    quick = built(Effort.QUICK)
    assert set(quick) == set(published)
    assert all(len(quick[name]) > len(published[name]) for name in ("a.js.br", "a.js.gz"))
    assert built(Effort.NONE) == quick
    assert built(Effort.BEST) == built(Effort.QUICK) == built(Effort.NONE) == published
    plan["b.js"] = b"let b;\n" * 500
    assert built(Effort.NONE) == published | {"b.js": plan["b.js"]}
    assert built(Effort.QUICK).items() > published.items()


@pytest.mark.parametrize(
    ("words", "effort"),
    [([], Effort.BEST), (["build"], Effort.BEST), (["bench"], Effort.BEST), (["test"], Effort.QUICK)],
)
def test_what_is_built_for_others_is_compressed_best(words: list[str], effort: Effort, monkeypatch: pytest.MonkeyPatch):
    """And what is measured; tests are content with less."""
    efforts: list[Effort] = []
    monkeypatch.setattr(commands, "build", efforts.append)
    monkeypatch.setattr(check, "check", lambda _, make: make())
    monkeypatch.setattr(bench, "main", lambda _: 0)
    commands.run(cli.parse(words))
    assert efforts == [effort]


def test_failed_build_leaves_the_old_site(tmp_path: Path):
    """When a file cannot be written the old site stays as it was, and nothing half-made lies beside it."""
    target = tmp_path / "dist"
    contents.write_site({"index.html": b"old"}, target)
    with pytest.raises(FileNotFoundError):
        contents.write_site({"index.html": b"new", "other.txt": tmp_path / "missing"}, target)
    assert [path.read_bytes() for path in files_under(target)] == [b"old"]
    assert list(tmp_path.iterdir()) == [target]


def test_templates_whose_names_begin_with_an_underscore_are_no_pages(tmp_path: Path):
    """Parts of pages, in sub-folders too, are included and not rendered by themselves."""
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "_part.html.j2").write_text("part")
    (tmp_path / "index.html.j2").write_text("{% include 'parts/_part.html.j2' %} {{ version }}")
    assert templates.render(templates.environment(tmp_path), {"version": "<1>"}) == {"index.html": b"part &lt;1&gt;"}


def test_unknown_variable_in_a_template_is_an_error(tmp_path: Path):
    """A page never has a silent hole."""
    (tmp_path / "index.html.j2").write_text("{{ missing }}")
    with pytest.raises(
        BuildError, match=r"^the template index\.html\.j2 cannot be rendered: 'missing' is undefined\.$"
    ):
        templates.render(templates.environment(tmp_path), {})


def test_broken_template_is_named_with_its_line(tmp_path: Path):
    """A mistake in a part of a page is told with the part's name and line."""
    (tmp_path / "index.html.j2").write_text("{% include '_part.html.j2' %}")
    (tmp_path / "_part.html.j2").write_text("\n{% if %}")
    with pytest.raises(BuildError, match=r"^the template _part\.html\.j2 is wrong in line 2: Expected an expression"):
        templates.render(templates.environment(tmp_path), {})
