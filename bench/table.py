"""The report as text for a terminal, in Markdown so that it can go into the README as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.report import SUBJECT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bench.report import Report
    from bench.types import Outcome, Startup, Summary


def render(report: Report) -> str:
    """Return the whole report."""
    machine, settings = report["machine"], report["settings"]
    head = (
        f"{machine['cpu']}, {machine['cores']} cores, Chromium {machine['chromium']}, commit {machine['commit']}; "
        f"{settings['width']}x{settings['height']}, landscape model, {settings['rounds']} rounds of "
        f"{settings['frames_per_round']} frames, load before {machine['load']}"
    )
    parts = [
        head,
        _contenders(report),
        _stages(report),
        _stage_table("camera-like I420 frames: stage, ms (p95)", report["camera"]),
        _stage_table("video frames of a canvas: stage, ms (p95)", report["canvas"]),
        _stage_table("frames of a VP9 film: stage, ms (p95)", report["film"]),
        _stage_table("frames of Chromium's fake camera: stage, ms (p95)", report["fake_camera"]),
        _growth(report),
        _effects(report),
        _by_hand(report),
        _startup(report["startup"]),
    ]
    parts += [_goals(report), "\n".join(f"- left out: {why}" for why in report["failures"].values())]
    return "\n\n".join(part for part in parts if part)


def markdown_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _contenders(report: Report) -> str:
    head = ["contender", "does", "frame ms (p95)", "round trip ms", "main thread ms", "ours / theirs", "same person"]
    return markdown_table(head, [_row(key, outcome, report) for key, outcome in report["contenders"].items()])


def _row(key: str, outcome: Outcome, report: Report) -> list[str]:
    ratio = report["ratios"].get(key)
    agreement = outcome["agreement"]
    return [
        f"{outcome['label']}, {outcome['backend']} x{outcome['threads']}",
        outcome["does"],
        _with_p95(outcome["total_ms"]),
        f"{outcome['round_trip_ms']['median']:.2f}",
        f"{outcome['main_task_ms']['median']:.2f}",
        f"{ratio['median']:.3f}" if ratio else "",
        "" if agreement is None else f"{agreement:.3f}",
    ]


def _with_p95(figure: Summary) -> str:
    return f"{figure['median']:.2f} ({figure['p95']:.2f})"


def _stages(report: Report) -> str:
    staged = {key: outcome for key, outcome in report["contenders"].items() if outcome["stages"]}
    return _stage_table("stage, ms (p95)", staged)


def _stage_table(title: str, outcomes: Mapping[str, Outcome]) -> str:
    if not outcomes:
        return ""
    names = list(dict.fromkeys(name for outcome in outcomes.values() for name in outcome["stages"]))
    rows = [[name, *_cells(outcomes, name)] for name in names]
    rows.append(["whole frame", *(_with_p95(outcome["total_ms"]) for outcome in outcomes.values())])
    rows.append(["way in: frames", *(_ways(outcome["ways_in"]) for outcome in outcomes.values())])
    return markdown_table([title, *outcomes], rows)


def _ways(frames: Mapping[str, int]) -> str:
    return ", ".join(f"{way}: {count}" for way, count in frames.items())


def _cells(outcomes: Mapping[str, Outcome], stage: str) -> Iterator[str]:
    for outcome in outcomes.values():
        yield _with_p95(outcome["stages"][stage]) if stage in outcome["stages"] else ""


def _growth(report: Report) -> str:
    growth = report["growth_ms"]
    if not growth:
        return ""
    heights = list(next(iter(growth.values())))
    rows = [[key, *(f"{by_height[height]:.2f}" for height in heights)] for key, by_height in growth.items()]
    return markdown_table(["frame ms by size", *heights], rows)


def _effects(report: Report) -> str:
    effects, refined = report["effects_ms"], report["refined_ratios"]
    if not effects:
        return ""
    rows = [["whole frame", *map(_with_p95, effects.values())]]
    if refined:
        rows.append(["refined and smoothed / raw", *(f"{refined[name]['median']:.3f}" for name in effects)])
    return markdown_table(["ours, ms (p95)", *effects], rows)


def _by_hand(report: Report) -> str:
    effects = report["by_hand"]
    if not effects:
        return ""
    keys = next(iter(effects.values()))["outcomes"]
    rows = [[key, *(_with_p95(both["outcomes"][key]["total_ms"]) for both in effects.values())] for key in keys]
    rows.append(["ours / hand-written", *(f"{both['ratio']['median']:.3f}" for both in effects.values())])
    apart = [both["difference"] for both in effects.values()]
    rows.append(["pictures apart, mean (most) of 255", *(f"{one['mean']:.3f} ({one['most']})" for one in apart)])
    return markdown_table(["by hand as well, ms (p95)", *effects], rows)


def _startup(startup: Startup | None) -> str:
    if startup is None:
        return ""
    rows = [
        [name, ", ".join(f"{ms:.0f}" for ms in times), f"{count / 1e6:.2f}"]
        for name, times, count in (
            ("cold", startup["cold_ms"], startup["cold_bytes"]),
            ("warm", startup["warm_ms"], startup["warm_bytes"]),
        )
    ]
    return markdown_table(["start to first composite", "ms", "MB over the wire"], rows)


def _goals(report: Report) -> str:
    if SUBJECT not in report["contenders"] and report["startup"] is None:
        return ""
    rows = [
        [goal["name"], f"{goal['figure']:.3g}", f"{goal['limit']:g}", "met" if goal["met"] else "missed"]
        for goal in report["goals"]
    ]
    return markdown_table(["goal", "figure", "at most", ""], rows) if rows else ""
