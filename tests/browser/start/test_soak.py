"""A short soak fills its report, and finds what a page keeps on purpose."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from bench.soak.main import parse, soak
from bench.soak.metrics import METRICS
from bench.soak.plan import Step
from bench.soak.report import failures, render
from bench.soak.slopes import FEWEST
from builder.paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from bench.soak.report import Report

MINUTES = os.environ.get("PYSELFIE_SOAK_MINUTES")
ENGINE = os.environ.get("PYSELFIE_SOAK_ENGINE", "chromium")
KEPT = {"py_proxies", "page_frames", "worker_frames"}


@pytest.fixture(scope="module")
def leaking(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Report:
    """Return the report of the fewest rounds that will do; the page keeps a proxy and two frames at each step."""
    assert dist.is_dir()
    output = tmp_path_factory.mktemp("soak") / "soak.json"
    # Numbers below 8 have one background, a colour: a picture, which comes with 8, is kept once and for all.
    plan = [[Step("effect", turn % 8), Step("options", turn)] for turn in range(FEWEST)]
    report = soak(parse(["--minutes", "0.001", "--output", str(output)]), plan, leak=True)
    assert json.loads(output.read_text()) == report
    return report


def test_all_is_measured(leaking: Report) -> None:
    """Every metric but the GPU's has samples, the steps are counted, nothing went wrong, and the table has it all."""
    assert leaking["ended"] == "as planned"
    assert leaking["faults"] == []
    assert len(leaking["samples"]) >= FEWEST
    assert set(leaking["found"]) == set(METRICS) - {"gpu_objects"}
    assert leaking["not_measured"] == {"gpu_objects": "nothing ran on WebGPU"}
    assert set(leaking["done"]) == {"effect", "options"}
    assert leaking["frames"] > 0
    assert min(leaking["samples"][0][name] for name in set(METRICS) - {"gpu_objects", *KEPT}) > 0
    assert all(one["label"] in render(leaking) for one in leaking["found"].values())


def test_a_leak_is_found(leaking: Report) -> None:
    """What is kept at each step grows by just that, has a slope, and fails the run."""
    for name in KEPT:
        beyond = [sample[name] - 2 * turn for turn, sample in enumerate(leaking["samples"])]
        assert max(beyond) - min(beyond) <= 1, f"{name}: {beyond}"  # a frame may be on its way
        assert leaking["found"][name]["slope"]["verdict"] == "grows"
        assert any(sentence.startswith(METRICS[name].label) for sentence in failures(leaking))


@pytest.mark.skipif(MINUTES is None, reason="set PYSELFIE_SOAK_MINUTES to the minutes that it may take")
def test_nothing_grows(dist: Path) -> None:
    """The real command, for as long as the caller says, finds no slope above zero."""
    assert dist.is_dir()
    command = [sys.executable, str(ROOT / "build.py"), "soak", "--minutes", str(MINUTES), "--engine", ENGINE]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
