"""What is published: a pure wheel with everything in it, and an sdist that installs and passes its own tests."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tarfile
import venv
import zipfile
from email import message_from_bytes
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import tomllib

import pyselfie
from builder.paths import ROOT

if TYPE_CHECKING:
    from email.message import Message

MULTICLASS_VERSION = tomllib.loads((ROOT / "packages/multiclass/pyproject.toml").read_text())["project"]["version"]
ONE_OF_EACH = """
def pytest_collection_modifyitems(items):
    of_each = {item.nodeid.partition("[")[0]: item for item in reversed(items)}
    items[:] = reversed(of_each.values())
"""
"""A pytest plugin: of each test the first set of parameters. All of them have the tree's own package to run against."""
MULTICLASS_ON_THE_SITE = "models/selfie_multiclass.onnx"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the sdist, and the wheel that `python -m build` makes out of it."""
    folder = tmp_path_factory.mktemp("built")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    return folder


def metadata_of(wheel: zipfile.ZipFile) -> Message:
    [name] = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
    return message_from_bytes(wheel.read(name))


def test_wheel_is_pure_and_complete(built: Path) -> None:
    """Any Python 3, any system: types, both models with their notices, licence, entry point; the one version."""
    [path] = built.glob("*.whl")
    assert path.name == f"pyselfie-{pyselfie.__version__}-py3-none-any.whl"
    with zipfile.ZipFile(path) as wheel:
        names, metadata = set(wheel.namelist()), metadata_of(wheel)
        entry = wheel.read(f"pyselfie-{pyselfie.__version__}.dist-info/entry_points.txt").decode()
    info = f"pyselfie-{pyselfie.__version__}.dist-info/licenses"
    assert {f"{info}/LICENSE", f"{info}/NOTICE", f"{info}/models/NOTICE", "pyselfie/py.typed"} <= names
    models = {"manifest.json", "selfie_segmentation.onnx", "selfie_segmentation_landscape.onnx"}
    assert {f"pyselfie/_models/{name}" for name in models} <= names
    assert "pyselfie/browser/import_module.js" in names
    assert not [name for name in names if not name.startswith(("pyselfie/", "pyselfie-"))]
    assert "pyselfie = pyselfie.cli:main" in entry
    assert metadata["Version"] == pyselfie.__version__
    assert metadata["Requires-Python"] == ">=3.10"
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata.get_all("Provides-Extra") == ["camera", "cli", "dask", "multiclass", "native", "remote", "video"]
    assert [line for line in metadata.get_all("Requires-Dist", []) if "extra" not in line] == ["numpy>=1.26"]


def test_long_description_has_no_relative_links(built: Path) -> None:
    """What the README links to leads into the repository that pyproject.toml names, from both packages."""
    repository = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["urls"]["Source"]
    [path] = built.glob("*.whl")
    [sdist] = built.glob("*.tar.gz")
    with zipfile.ZipFile(path) as wheel:
        metadata = metadata_of(wheel)
    with tarfile.open(sdist) as archive:
        info = archive.extractfile(f"{sdist.name.removesuffix('.tar.gz')}/PKG-INFO")
        assert info is not None
        texts = [metadata.get_payload(), message_from_bytes(info.read()).get_payload()]
    assert metadata["Description-Content-Type"] == "text/markdown"
    for text in map(str, texts):
        links = re.findall(r"\]\(([^)]*)\)", text)
        assert f"{repository}/raw/main/docs/page.png" in links
        assert f"{repository}/blob/main/docs/cli.md" in links
        assert [link for link in links if not link.startswith(("https://", "#"))] == []


def test_version_is_written_once() -> None:
    """The changelog's newest entry is the package's version, and pyproject.toml has none of its own."""
    newest = re.search(r"^## (\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest is not None
    assert newest[1] == pyselfie.__version__
    assert not re.search(r"^version", (ROOT / "pyproject.toml").read_text(), re.MULTILINE)


def test_sdist_installs_and_passes_its_tests(built: Path, tmp_path: Path) -> None:
    """In a new environment the wheel from the sdist is what runs, against each of the tests inside the sdist, once."""
    [sdist] = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    [unpacked] = tmp_path.iterdir()
    python = bare_environment(tmp_path / "venv")
    lend_dependencies(python)
    [wheel] = built.glob("*.whl")
    assert pip_install(python, wheel).returncode == 0
    (tmp_path / "one_of_each.py").write_text(ONE_OF_EACH)
    tests = [str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "one_of_each", "tests"]
    tests += ["-o", f"pythonpath=. {tmp_path}"]
    run = subprocess.run(tests, cwd=unpacked, env=plain(), capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr
    where = [str(python), "-c", "import pyselfie; print(pyselfie.__file__)"]
    output = subprocess.run(where, cwd=tmp_path, env=plain(), capture_output=True, text=True, check=True).stdout
    assert output.startswith(str(tmp_path / "venv"))


def test_wheel_of_the_site_installs_with_its_models(dist: Path, tmp_path: Path) -> None:
    """dist/packages/ has the sdist and a wheel that pip installs, alone, with both models; npm gets neither."""
    wheel = dist / "packages" / f"pyselfie-{pyselfie.__version__}-py3-none-any.whl"
    sdist = dist / "packages" / f"pyselfie-{pyselfie.__version__}.tar.gz"
    assert {path.name for path in wheel.parent.glob("pyselfie-*")} == {wheel.name, sdist.name}
    python = bare_environment(tmp_path / "venv")
    assert pip_install(python, wheel).returncode == 0
    lend_dependencies(python)
    code = (
        "import numpy as np, pyselfie\n"
        "for model in (0, 1):\n"
        "    with pyselfie.SelfieSegmentation(model) as segmenter:\n"
        "        print(segmenter.process(np.zeros((9, 16, 3), np.uint8)).segmentation_mask.shape)\n"
    )
    run = subprocess.run([python, "-c", code], cwd=tmp_path, env=plain(), capture_output=True, text=True, check=False)
    assert run.stdout == "(9, 16)\n" * 2, run.stderr
    assert "packages" not in json.loads((dist / "package.json").read_text())["files"]


def test_multiclass_is_a_package_of_its_own(dist: Path, tmp_path: Path) -> None:
    """Without its wheel the model is named with the extra that brings it; with the wheel the file is there."""
    wheel = dist / "packages" / f"pyselfie_multiclass-{MULTICLASS_VERSION}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        assert (
            archive.read("pyselfie_multiclass/selfie_multiclass.onnx") == (dist / MULTICLASS_ON_THE_SITE).read_bytes()
        )
        info = f"pyselfie_multiclass-{MULTICLASS_VERSION}.dist-info/licenses"
        assert {f"{info}/LICENSE", f"{info}/NOTICE"} <= set(archive.namelist())
    python = bare_environment(tmp_path / "venv")
    [ours] = (dist / "packages").glob("pyselfie-*.whl")
    assert pip_install(python, ours).returncode == 0
    lend_dependencies(python)
    code = (
        "import pyselfie\n"
        "from pyselfie.core.manifest import load_spec, read_model, ModelFileError\n"
        "try: print(len(read_model(load_spec('multiclass'))))\n"
        "except ModelFileError as error: print(error)\n"
    )
    run = [str(python), "-c", code]
    said = subprocess.run(run, cwd=tmp_path, env=plain(), capture_output=True, text=True, check=True).stdout
    assert said == 'the multiclass model is not installed: pip install "pyselfie[multiclass]" brings it\n'
    assert pip_install(python, wheel).returncode == 0
    said = subprocess.run(run, cwd=tmp_path, env=plain(), capture_output=True, text=True, check=True).stdout
    assert said == f"{(dist / MULTICLASS_ON_THE_SITE).stat().st_size}\n"


def test_extra_pins_the_version_of_the_model() -> None:
    """`pyselfie[multiclass]` asks for just the version that packages/multiclass has."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["optional-dependencies"]["multiclass"] == [f"pyselfie-multiclass=={MULTICLASS_VERSION}"]


def test_sdist_of_the_model_builds_the_same_wheel(dist: Path, tmp_path: Path) -> None:
    """Whoever builds pyselfie-multiclass from its sdist gets the model, too."""
    [sdist] = (dist / "packages").glob("pyselfie_multiclass-*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    [unpacked] = tmp_path.iterdir()
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "made")]
    subprocess.run(command, cwd=unpacked, capture_output=True, check=True)
    [made], [shipped] = (tmp_path / "made").iterdir(), (dist / "packages").glob("pyselfie_multiclass-*.whl")
    with zipfile.ZipFile(made) as ours, zipfile.ZipFile(shipped) as theirs:
        assert {name: ours.read(name) for name in ours.namelist()} == {
            name: theirs.read(name) for name in theirs.namelist()
        }


def test_archive_of_the_site_is_refused_by_pip(dist: Path, tmp_path: Path) -> None:
    """What the page loads has no models, so pip must not take it for the package."""
    [archive] = (dist / "python").glob("pyselfie-*.zip")
    python = bare_environment(tmp_path / "venv")
    run = pip_install(python, archive)
    assert run.returncode != 0
    assert "does not appear to be a Python project" in run.stderr


def bare_environment(folder: Path) -> Path:
    """Make an environment without pip; return its interpreter."""
    venv.create(folder, symlinks=os.name != "nt")
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def pip_install(python: Path, file: Path) -> subprocess.CompletedProcess[str]:
    """Install one file, and nothing from the network."""
    command = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-deps", "--no-index", "-q"]
    return subprocess.run([*command, str(file)], capture_output=True, text=True, check=False)


def plain() -> dict[str, str]:
    """Return the variables of this process without what is for it alone: where modules are, and pytest's arguments."""
    return {key: value for key, value in os.environ.items() if key not in {"PYTHONPATH", "PYTEST_ADDOPTS"}}


def lend_dependencies(python: Path) -> None:
    """Let an environment see what this one has installed; pyselfie itself is not among it."""
    ask = [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    folder = Path(subprocess.run(ask, capture_output=True, text=True, check=True).stdout.strip())
    ours = [path for path in sys.path if path.endswith("site-packages")]
    (folder / "lent.pth").write_text("\n".join(ours))
