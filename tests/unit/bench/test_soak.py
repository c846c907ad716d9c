"""A soak's plan, its samples, what it makes of them, and how it ends."""

import argparse
import contextlib
import itertools
import json
from collections import Counter
from typing import Any

import pytest

import bench.soak.main as main_module
import bench.soak.run as run_module
from bench.soak.main import main, parse, soak
from bench.soak.metrics import METRICS, sample
from bench.soak.plan import EACH_ROUND, SELDOM, Step, rounds
from bench.soak.processes import Held
from bench.soak.report import conclude, failures, render, save
from bench.soak.run import Run
from bench.soak.slopes import FEWEST
from bench.soak.tab import BrowserGoneError
from builder.errors import BuildError
from builder.paths import ROOT

COUNTS = {
    "page": {"frames": 1},
    "worker": {
        "frames": 2,
        "gpuObjects": 0,
        "pyodideBytes": 40_000_000,
        "ortBytes": 30_000_000,
        "proxies": 5,
        "jsProxies": 60,
        "pythonObjects": 30_000,
    },
    "frames": 100,
    "faults": [],
}


class FakeTab:
    """A tab whose page answers at once.

    `trouble` is raised at the given question; the page finds the next of `faults` before each count, and tells it once.
    """

    version = "1.0"
    process: Any = argparse.Namespace(pid=1)

    def __init__(self, trouble=None, at=0, faults=()):
        self.asked = []
        self._trouble, self._at = trouble, at
        self._faults = iter(faults)

    def open(self, url):
        self.asked.append(url)

    def evaluate(self, code):
        self.asked.append(code)
        if self._trouble is not None and len(self.asked) == self._at:
            raise self._trouble
        if "settle" in code:
            return [10.0, 12.0, 11.0]
        return {**COUNTS, "faults": [*itertools.islice(self._faults, 1)]} if "count" in code else None

    def collect(self):
        """There is none."""

    def heaps(self):
        return {"page": 2_000_000, "worker": 9_000_000}

    def close(self):
        pass


def empty_report() -> Any:
    """Return a report in which nothing has been done."""
    machine = {"cpu": "a CPU", "cores": 2, "commit": "abc", "load": 0.5}
    settings = {"engine": "chromium", "version": "1", "minutes": 1e-9, "seed": 3, "webgpu": False, "warm_up_s": 0.0}
    lists: dict[str, list[Any]] = {name: [] for name in ("times_s", "samples", "faults")}
    return {
        "schema": 1,
        "date": "2026-11-22T12:00:00+00:00",
        "machine": machine,
        "settings": settings,
        "ended": "as planned",
        "seconds": 0.0,
        "frames": 0,
        "more_faults": 0,
        **{name: {} for name in ("done", "found", "not_measured")},
        **lists,
    }


@pytest.fixture(autouse=True)
def _ticking(monkeypatch):
    """Let the run's clock go on by a second at each look, and the browser hold the same all the time."""
    ticks = itertools.count()
    monkeypatch.setattr(run_module, "held_by", lambda _process: Held(500_000_000, 80, 9))
    monkeypatch.setattr(run_module, "time", argparse.Namespace(monotonic=lambda: float(next(ticks))))


def run(tab, path):
    """Return the report of a run in that tab."""
    report = empty_report()
    Run(tab, "http://page/", report, path, rounds(3)).until_the_end()
    return report


def test_a_seed_says_what_is_done():
    """The same seed gives the same steps, another one others."""
    one, same, other = (list(itertools.islice(rounds(seed), 9)) for seed in (4, 4, 5))
    assert one == same
    assert one != other


def test_rounds_are_alike():
    """Each round has every usual step once; every third one closes with a rare one, and those take turns."""
    names = [[step.name for step in steps] for steps in itertools.islice(rounds(1), 12)]
    assert all(Counter(one[: len(EACH_ROUND)]) == Counter(EACH_ROUND) for one in names)
    assert Counter(name for one in names for name in one[len(EACH_ROUND) :]) == dict.fromkeys(SELDOM, 2)


def test_the_page_has_every_step():
    """What the plan names, the page can do."""
    script = (ROOT / "bench" / "pages" / "soak_steps.js").read_text()
    assert all(f"\n  async {name}(" in script for name in (*EACH_ROUND, *SELDOM))


def test_a_sample_has_a_value_for_each_metric():
    """In the units that are told, and what there is none of is 0."""
    heaps, held = {"page": 2_000_000, "worker": 9_000_000}, Held(500_000_000, 80, 9)
    values = sample([10.0, 30.0, 12.0], COUNTS, heaps, held, webgpu=True)
    assert set(values) == set(METRICS)
    assert values["gpu_objects"] == 0
    assert (values["frame_ms"], values["worker_heap"], values["resident"], values["files"]) == (12, 9, 500, 80)


def test_what_a_browser_cannot_tell_is_left_out():
    """No heaps, no /proc: the rest is sampled all the same, and the report says why not all."""
    report = empty_report()
    report["samples"] = [sample([10.0], COUNTS, {}, None, webgpu=False) for _ in range(FEWEST)]
    report["times_s"] = [10.0 * index for index in range(FEWEST)]
    conclude(report)
    assert report["not_measured"]["page_heap"] == "the browser does not tell"
    assert report["not_measured"]["files"] == "this system has no /proc"
    assert report["not_measured"]["gpu_objects"] == "nothing ran on WebGPU"
    assert "not measured: JavaScript heap, page: the browser does not tell." in render(report)
    assert set(report["found"]) | set(report["not_measured"]) == set(METRICS)


def test_the_warm_up_is_left_out():
    """What climbs only in the first minutes has no slope."""
    report = empty_report()
    report["settings"]["warm_up_s"] = 100.0
    report["times_s"] = [10.0 * index for index in range(30)]
    report["samples"] = [{"js_proxies": min(index, 10)} for index in range(30)]
    conclude(report)
    assert report["found"]["js_proxies"]["slope"]["verdict"] == "steady"
    assert report["found"]["js_proxies"]["first"] == 10


def test_a_run_that_ends_in_its_warm_up_says_so():
    """Samples that are all of the warm-up are too few, not a browser that does not tell."""
    report = empty_report()
    report["settings"]["warm_up_s"] = 100.0
    report["times_s"], report["samples"] = [10.0], [{"files": 80}]
    conclude(report)
    assert report["not_measured"]["files"] == "0 samples after the warm-up, and 12 are needed"


def test_what_grows_is_named():
    """A metric that climbs is a failure with its figures; one that stays is none."""
    report = empty_report()
    report["times_s"] = [36.0 * index for index in range(FEWEST)]
    report["samples"] = [{"page_frames": 2 * index, "files": 80} for index in range(FEWEST)]
    conclude(report)
    assert failures(report) == ["open frames, page grows: 200 (200 to 200) an hour"]
    assert "| file handles of the browser | 80 | 80 | 0 | 0 to 0 | steady |" in render(report)


def test_a_run_takes_enough_samples(tmp_path):
    """However short the time, there are samples for a slope, and what was done is counted."""
    report = run(FakeTab(), tmp_path / "soak.json")
    assert report["ended"] == "as planned"
    assert len(report["samples"]) == FEWEST
    assert report["done"] == {**dict.fromkeys(EACH_ROUND, FEWEST), **dict.fromkeys(SELDOM, FEWEST // 6)}
    assert failures(report) == []


@pytest.mark.parametrize(
    ("trouble", "ended", "fails"),
    [
        (KeyboardInterrupt(), "interrupted", False),
        (BrowserGoneError("the tab has crashed"), "the browser is gone: the tab has crashed", True),
    ],
)
def test_what_was_found_is_kept_when_it_ends_early(tmp_path, trouble, ended, fails):
    """After Ctrl-C and after a crash: the samples so far, and the end in words."""
    in_the_third_round = 2 + 2 * (len(EACH_ROUND) + 3) + 5
    report = run(FakeTab(trouble, in_the_third_round), tmp_path / "soak.json")
    assert len(report["samples"]) == 2
    assert report["ended"] == ended
    assert (ended in failures(report)) == fails
    save(report, tmp_path / "soak.json")
    assert json.loads((tmp_path / "soak.json").read_text()) == report


def test_a_step_that_fails_is_told_and_the_rest_goes_on(tmp_path):
    """The sentence has the step and its number, so that it can be done again; nothing else is lost."""
    report = run(FakeTab(RuntimeError("“frame” did not come"), 3), tmp_path / "soak.json")
    first = next(rounds(3))[0]
    assert report["faults"] == [f"step {first.name} with {first.number}: “frame” did not come"]
    assert report["done"][first.name] == FEWEST - 1
    assert failures(report) == report["faults"]


def test_each_fault_of_the_page_is_told(tmp_path):
    """A sample counts twice, and the page tells a fault once: neither count's is lost."""
    report = run(FakeTab(faults=["before the first count", "before the second"]), tmp_path / "soak.json")
    assert report["faults"] == ["before the first count", "before the second"]
    assert failures(report) == report["faults"]


def test_faults_beyond_what_is_kept_are_counted(tmp_path):
    """Of twenty-three, twenty have their sentence, and one says how many more there were."""
    told = [f"fault {number}" for number in range(23)]
    report = run(FakeTab(faults=told), tmp_path / "soak.json")
    assert failures(report) == [*told[:20], "and 3 more faults"]


@pytest.mark.parametrize("webgpu", [False, True])
def test_gpu_objects_are_counted_if_the_run_has_webgpu(tmp_path, webgpu):
    """The run's setting decides, not whether there are any just now."""
    report = empty_report()
    report["settings"]["webgpu"] = webgpu
    Run(FakeTab(), "http://page/", report, tmp_path / "soak.json", rounds(3)).until_the_end()
    assert ("gpu_objects" in report["found"]) == webgpu


def test_what_was_found_is_saved_when_the_run_fails(tmp_path, monkeypatch):
    """An error of the run itself is raised, and the file has the samples until then and the error."""

    @contextlib.contextmanager
    def serving(_mounts):
        yield argparse.Namespace(url="http://page/")

    tab = FakeTab(ValueError("no JSON"), 2 + 2 * (len(EACH_ROUND) + 3))
    monkeypatch.setattr(main_module, "write_media", lambda _folder, **_options: None)
    monkeypatch.setattr(main_module, "bench_server", serving)
    monkeypatch.setattr(main_module, "_start", lambda *_: tab)
    options = parse(["--minutes", "0.0001", "--output", str(tmp_path / "soak.json")])
    with pytest.raises(ValueError, match="no JSON"):
        soak(options)
    saved = json.loads((tmp_path / "soak.json").read_text())
    assert len(saved["samples"]) == 1
    assert saved["ended"] == "the run has failed: ValueError('no JSON')"


def test_steps_are_asked_as_the_page_takes_them(tmp_path):
    """JSON that JavaScript reads."""
    tab = FakeTab()
    Run(tab, "http://page/", empty_report(), tmp_path / "soak.json", [[Step("effect", 7)]]).until_the_end()
    assert tab.asked[:3] == ["http://page/", 'soak("open", null)', 'soak("step", {"name": "effect", "number": 7})']


@pytest.mark.parametrize("text", ["0", "-3", "an hour", "nan", "inf"])
def test_a_bad_number_of_minutes_gets_one_sentence(text, capsys):
    """What came and what would be right."""
    with pytest.raises(SystemExit):
        parse([f"--minutes={text}"])
    assert f"{text!r} is no number of minutes: give one above 0" in capsys.readouterr().err


def test_firefox_has_no_webgpu():
    """The two options together get one sentence, before anything starts."""
    with pytest.raises(BuildError, match="--webgpu needs Chromium"):
        main(["--engine", "firefox", "--webgpu"])
