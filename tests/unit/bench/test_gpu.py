"""What the GPU benchmark makes of its samples."""

from bench.gpu import python_ms, render
from bench.types import Sample, Visit


def sample(**stages) -> Sample:
    """Return one frame's sample with these stages, in milliseconds."""
    return {"totalMs": 9.0, "roundTripMs": 10.0, "mainMs": 0.1, "stages": stages}


def test_python_is_what_encodes():
    """Capture, preprocess and paint are Python's; the model and the waiting for the GPU are not."""
    visit: Visit = {"samples": [sample(capture=0.2, preprocess=0.1, infer=3.0, paint=0.3, gpu=5.0)], "task_ms": 0.0}
    assert python_ms([visit]) == {"median": 0.6, "p95": 0.6}


def test_a_software_adapter_is_called_so():
    """The table of a software adapter says that its figures say nothing about speed; a hardware adapter's does not."""
    machine = {"cpu": "a CPU", "cores": 2, "chromium": "156"}
    report = {"machine": machine, "contenders": {}, "python_ms": {}, "effects_ms": {}}
    assert "nothing about speed" in render({**report, "adapter": {"name": "swiftshader", "software": True}})
    assert "nothing about speed" not in render({**report, "adapter": {"name": "a GPU", "software": False}})
