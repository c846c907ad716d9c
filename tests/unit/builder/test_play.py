"""What the build makes for the playground: the editor's script, what it completes, the list of examples."""

from __future__ import annotations

import json
import re
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from builder.errors import BuildError
from builder.paths import NODE_MODULES, ROOT, WEB
from builder.play import bundle, examples, names
from builder.site.bundling import licence_texts, write_script
from pyselfie.custom import effect
from pyselfie.custom.controls import GIVEN
from pyselfie.custom.given import GIVEN_ABOUT
from pyselfie.custom.source import load_effect

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def completions(dist: Path) -> dict[str, Any]:
    """Return what the site offers."""
    found: dict[str, Any] = json.loads((dist / "js" / "editor" / "completions.json").read_text())
    return found


def named(entries: list[dict[str, str]], name: str) -> dict[str, str]:
    [entry] = [entry for entry in entries if entry["name"] == name]
    return entry


def test_the_editor_is_one_script_with_the_licence_of_each_part(dist: Path) -> None:
    """It imports nothing and keeps no comment; licenses/ names each package with its version."""
    script = (dist / "js/editor/codemirror.js").read_text()
    assert not re.search(r"^import\b|\bfrom\s*\"[.@a-z/]", script)
    assert "Permission is hereby granted" not in script
    terms = (dist / "licenses/codemirror.txt").read_text()
    pinned = json.loads((ROOT / "package.json").read_text())["dependencies"]
    for package in (name for name in pinned if name.startswith(("@codemirror/", "@lezer/"))):
        assert f"{package} {pinned[package]}\n" in terms
    packages = re.findall(r"^\S+ \d+\.\d+\.\d+$", terms, re.MULTILINE)
    assert terms.count("Permission is hereby granted") == len(packages) > 10


def test_bundling_twice_gives_the_same_bytes(dist: Path, tmp_path: Path) -> None:
    """Nobody's machine, folder or hour is in the script."""
    write_script(bundle.ENTRY, tmp_path / "again.js", "--format=esm")
    assert (tmp_path / "again.js").read_bytes() == (dist / "js/editor/codemirror.js").read_bytes()


def test_the_editor_of_any_page_has_the_playgrounds_parts(dist: Path) -> None:
    """All elements that the scripts look for are in its markup and in play.html; styles and first text are files."""
    scripts = (WEB / "js" / "editor").glob("*.js")
    wanted = {name for path in scripts for name in re.findall(r'byId\("([\w-]+)"', path.read_text())} - {"bench"}
    assert {"editor", "parameters", "printed-text", "stop-button", "way-what"} <= wanted
    script = (dist / "js" / "editor" / "look.js").read_text()
    parts = {name: json.loads(text) for name, text in re.findall(r"^export const (\w+) = (.+);$", script, re.MULTILINE)}
    for page in (parts["MARKUP"], (dist / "play.html").read_text()):
        assert wanted <= set(re.findall(r'id="([\w-]+)"', page))
    assert (WEB / "styles" / "play_editor.css").read_text() in parts["STYLE"]
    assert parts["SOURCE"] == (WEB / "templates" / "new_effect.py").read_text()


def test_a_bundle_that_fails_is_told(tmp_path: Path) -> None:
    """The build stops with esbuild's own words; a package without a licence stops it, too."""
    entry = tmp_path / "entry.js"
    entry.write_text('export { nothing } from "./missing.js";\n')
    with pytest.raises(BuildError, match=r"(?s)esbuild could not bundle entry\.js:.*missing\.js"):
        write_script(entry, tmp_path / "out.js")
    (tmp_path / "package.json").write_text('{"name": "bare", "version": "1.0.0"}')
    with pytest.raises(BuildError, match="bare is in the editor's bundle, but has no LICENSE"):
        licence_texts({tmp_path}, "the editor's bundle")


def test_completions_are_the_sites_own_numpy(completions: dict[str, Any]) -> None:
    """Names with parameters and one line each; what pictures have no use for, or is old, isn't offered."""
    clip = named(completions["numpy"], "clip")
    assert clip["detail"].startswith("(a, a_min, a_max")
    assert clip["about"] == "Clip (limit) the values in an array"
    assert named(completions["numpy"], "abs")["detail"].startswith("(x")
    assert named(completions["numpy"], "concatenate")["detail"].startswith("(arrays")
    assert named(completions["numpy"], "where")["detail"] == "(condition, x, y)"
    assert [named(completions["numpy"], name)["usual"] for name in ("clip", "vander")] == [True, False]
    assert named(completions["numpy"], "uint8")["kind"] == "type"
    assert named(completions["numpy"], "pi")["about"].startswith("3.14159")
    assert named(completions["array"], "shape")["kind"] == "property"
    assert named(completions["array"], "astype")["detail"] == "(dtype, copy)"
    assert named(completions["spaces"]["random"], "default_rng")["about"]
    assert {"loadtxt", "trapz", "f2py", "ndarray"}.isdisjoint(entry["name"] for entry in completions["numpy"])
    missing = [entry["name"] for entry in completions["numpy"] if not entry["about"]]
    assert missing == []


def test_completions_are_what_the_collector_finds_here(completions: dict[str, Any]) -> None:
    """Under CPython it collects the same of pyselfie, and NumPy's usual names from another NumPy."""
    here = names.collected()
    for part in ("given", "pyselfie"):
        assert here[part] == completions[part]
    assert {"clip", "roll", "linalg"} <= {entry["name"] for entry in here["numpy"]}


def test_what_an_effect_is_given_is_all_told() -> None:
    """Every name that an effect may take, with what it is; and no other."""
    assert set(GIVEN_ABOUT) == effect._NAMES | GIVEN
    assert GIVEN_ABOUT["frame"].kind == "uint8 [H, W, 3]"
    assert all(given.about.endswith(".") for given in GIVEN_ABOUT.values())


def test_examples_are_the_files(dist: Path) -> None:
    """The site's list has each file as it is, its kind as pyselfie sees it, and the line where the effect begins."""
    listed = json.loads((dist / "play" / "examples.json").read_text())
    assert {one["name"] for one in listed["examples"]} == {path.stem for path in examples.EFFECTS.glob("*.py")}
    assert listed["examples"][0]["name"] == "text_behind"
    for one in [*listed["examples"], listed["new"]]:
        path = examples.EFFECTS / f"{one['name']}.py"
        assert one is listed["new"] or one["source"] == path.read_text()
        own = load_effect(one["source"])
        assert (own.kind, own.wants_classes) == (one["kind"], one["classes"])
        assert one["source"].splitlines()[one["line"] - 1].startswith("def ")
        assert one["about"].endswith(".")
    assert {one["title"] for one in listed["examples"]} >= {"ASCII art", "Colour pop"}


def test_an_example_that_is_none_stops_the_build(tmp_path: Path) -> None:
    """A file without a docstring, and one with two effects, are named."""
    path = tmp_path / "odd.py"
    for source in (
        "def effect(frame, mask, time): ...\n",
        '"""A."""\ndef a(frame, m, t): ...\ndef b(sample, m, t): ...\n',
    ):
        path.write_text(source)
        with pytest.raises(BuildError, match=r"^odd\.py needs a docstring and one effect"):
            examples.described(path)


def test_the_editors_packages_are_pinned_and_bring_no_script() -> None:
    """What is bundled has exact versions, and esbuild itself runs without having been installed by a script."""
    package = json.loads((ROOT / "package.json").read_text())
    pinned = package["dependencies"] | package["devDependencies"]
    assert all(re.fullmatch(r"\d[\w.-]*", version) for version in pinned.values())
    command = ["node", str(NODE_MODULES / "esbuild" / "bin" / "esbuild"), "--version"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert said.strip() == pinned["esbuild"]
