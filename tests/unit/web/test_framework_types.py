"""The tag in templates of React, Vue and Svelte: their own type checkers know it, and find mistakes."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from builder.npm import ensure_node_modules
from builder.paths import CACHE, ROOT

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = ROOT / "tests" / "types" / "frameworks"


@pytest.fixture(scope="module")
def project(dist: Path) -> Path:
    """Return an npm project with all three frameworks and the built pyselfie as one of its packages."""
    target = CACHE / "types"
    shutil.rmtree(target / "node_modules" / "pyselfie", ignore_errors=True)
    shutil.copytree(SOURCE, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("node_modules"))
    ensure_node_modules(target)
    install(dist, target)
    return target


def install(dist: Path, project: Path) -> None:
    """Put what a type checker reads of the npm package into `project`."""
    package = project / "node_modules" / "pyselfie"
    package.mkdir(parents=True)
    for path in (dist / "package.json", *dist.glob("*.d.ts")):
        shutil.copy(path, package)


def run(project: Path, tool: str, *arguments: str, at: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run one of the project's tools, in its folder or at another."""
    command = shutil.which(tool, path=str(project / "node_modules" / ".bin"))
    assert command is not None
    return subprocess.run([command, *arguments], cwd=at or project, capture_output=True, text=True, check=False)


def test_react_and_vue_know_the_tag(project: Path) -> None:
    """Every attribute, event and ref has its type in TSX and in Vue's templates, and a wrong one is an error."""
    result = run(project, "vue-tsc", "--project", ".")
    assert result.returncode == 0, result.stdout


def test_svelte_knows_the_tag(project: Path) -> None:
    """Svelte's checker accepts every attribute and event, and finds the three mistakes."""
    result = run(project, "svelte-check", "--tsconfig", "tsconfig.json", "--output", "machine")
    found = re.findall(r'ERROR "(.+?)" (\d+):', result.stdout)
    assert found == [("Mistakes.svelte", line) for line in ("7", "8", "9")], result.stdout


def test_types_need_no_framework(project: Path, dist: Path, tmp_path: Path) -> None:
    """A program without React, Vue or Svelte compiles, its libraries checked as well."""
    install(dist, tmp_path)
    (tmp_path / "main.ts").write_text(
        'import type { SelfieAttributes } from "pyselfie";\nexport type { SelfieAttributes };\n'
    )
    options = json.loads((SOURCE / "tsconfig.json").read_text(encoding="utf-8"))
    assert "skipLibCheck" not in options["compilerOptions"]
    (tmp_path / "tsconfig.json").write_text(json.dumps(options | {"include": ["main.ts"]}))
    result = run(project, "tsc", "--project", ".", at=tmp_path)
    assert result.returncode == 0, result.stdout
