"""The pieces that are appended to the networks, each against plain NumPy on a small picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import helper

from models.graph import checked_model, describe
from models.refinement import fit, fringe, islands, smoothing, statistics
from models.refinement.writer import GraphWriter
from tests.reference import refinement as reference

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

HEIGHT, WIDTH = 24, 64
HALF = (HEIGHT // 2, WIDTH // 2)

FIT = fit.Fit("slope", "offset")


def compute(write: Callable[[GraphWriter], Any], **inputs: Any) -> dict[str, NDArray[np.float32]]:
    """Return by their names the values that `write` returns of a graph with these inputs, [channels, h, w] each."""
    graph = GraphWriter(HEIGHT, WIDTH)
    made = write(graph)
    names = [made] if isinstance(made, str) else list(made)
    taken = [describe(name, (1, *values.shape)) for name, values in inputs.items()]
    model = checked_model(graph.nodes, "piece", taken, [value(name) for name in names], graph.constants)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    results = session.run(names, {name: values[None].astype(np.float32) for name, values in inputs.items()})
    return {name: result[0] for name, result in zip(names, results, strict=True)}


def value(name: str) -> Any:
    return helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [None] * 4)


@pytest.fixture
def scene() -> tuple[NDArray[Any], NDArray[Any]]:
    """Return a noisy picture of two halves in different colours, and a soft mask of the left one."""
    noise = np.random.default_rng(4).normal(0, 0.02, (3, HEIGHT, WIDTH))
    left = np.arange(WIDTH) < 30
    colours = np.where(left, np.reshape([0.8, 0.5, 0.4], (3, 1, 1)), np.reshape([0.2, 0.4, 0.6], (3, 1, 1)))
    mask = np.clip((32 - np.arange(WIDTH)) / 8, 0, 1) * np.ones((1, HEIGHT, 1))
    return np.clip(colours + noise, 0, 1), mask


@pytest.mark.parametrize(("size", "stride"), [(2, 2), (6, 2), (3, 1), (8, 4), (4, 4)])
def test_window_means_count_what_is_there(size: int, stride: int, scene: Any) -> None:
    """A window that hangs over the border is the mean of its pixels inside."""
    [mean] = compute(lambda graph: graph.mean("picture", size, stride), picture=scene[0]).values()
    np.testing.assert_allclose(mean, reference.window_mean(scene[0], size, stride), atol=1e-6)


@pytest.mark.parametrize("factor", [2, 4])
def test_planes_grow_between_the_centres_of_pixels(factor: int, scene: Any) -> None:
    """Bilinear samples on half-pixel centres."""
    [grown] = compute(lambda graph: graph.grow("picture", factor), picture=scene[0]).values()
    np.testing.assert_allclose(grown, reference.grow(scene[0], factor), atol=1e-6)


def test_inverse_of_the_spread(scene: Any) -> None:
    """Adjugate by determinant is the inverse of each window's covariance, relative to its largest entry."""

    def inverse(graph: GraphWriter) -> str:
        return statistics.measure(graph, "picture", "mask")[0].inverse

    [found] = compute(inverse, picture=scene[0], mask=scene[1]).values()
    expected = reference.inverse_spread(reference.window_mean(scene[0], 2, 2))
    found = found.reshape(3, 3, *found.shape[1:]).transpose(2, 3, 0, 1)
    np.testing.assert_allclose(found, expected, atol=1e-3 * np.abs(expected).max())


def test_fit_follows_the_colours(scene: Any) -> None:
    """The coefficients are those of the least squares fit; of the second one, those to the sharpened first answer."""
    picture, mask = scene
    half, person = reference.window_mean(picture, 2, 2), reference.window_mean(reference.sharpen(mask), 2, 2)
    first = reference.fit(half, person)
    second = reference.fit(half, reference.sharpen(reference.apply(reference.grow(first, 2), half)))
    once, twice = (
        np.concatenate(list(compute(write, picture=picture, mask=mask).values()))
        for write in (
            lambda graph: fit.fit(graph, *statistics.measure(graph, "picture", "mask")),
            lambda graph: fit.fit_twice(graph, "picture", "mask")[0],
        )
    )
    np.testing.assert_allclose(once, first, atol=1e-3)
    np.testing.assert_allclose(twice, second, atol=1e-3)
    assert np.abs(first - second).max() > 0.1


def test_colours_are_not_asked_where_the_network_is_sure() -> None:
    """Where a whole window is the person or has none of it, the coefficients say 1 or 0 whatever the colour is."""
    coefficients = np.random.default_rng(2).random((4, HEIGHT // 4, WIDTH // 4))
    mask = np.zeros((1, HEIGHT, WIDTH))
    mask[..., : WIDTH // 2] = 1
    kept = np.concatenate(
        list(
            compute(
                lambda graph: fit.keep_sure_places(graph, FIT, "mask"),
                slope=coefficients[:3],
                offset=coefficients[3:],
                mask=mask,
            ).values()
        )
    )
    np.testing.assert_allclose(kept, reference.keep_sure_places(coefficients, mask), atol=1e-6)
    assert (kept[:, :, 0] == np.reshape([0, 0, 0, 1], (4, 1))).all()
    assert (kept[:, :, -1] == 0).all()
    np.testing.assert_allclose(kept[:, :, WIDTH // 8], coefficients[:, :, WIDTH // 8], rtol=1e-6)


def room(*people: tuple[slice, int]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return a mask and three classes, background, skin and clothes: a class (1 or 2) in some columns each."""
    classes = np.full((3, HEIGHT, WIDTH), 0.02)
    for columns, number in people:
        classes[number, :, columns] = 0.9
    classes[0] = 1 - classes[1:].sum(axis=0)
    return 1 - classes[:1], classes


def without_islands(mask: NDArray[Any], classes: NDArray[Any]) -> NDArray[Any]:
    """Return what is left of the mask, which the reference leaves as well."""
    made = compute(lambda graph: islands.without_islands(graph, "mask", "classes", [1]), mask=mask, classes=classes)
    [kept] = made.values()
    np.testing.assert_allclose(kept, reference.without_islands(mask, classes, [1]), atol=1e-6)
    return kept


def test_clothes_on_nobody_go() -> None:
    """What touches skin stays as it is, to the last bit; the chair's cover, a cell apart, gets what is between them."""
    mask, classes = room((slice(0, 5), 1), (slice(5, 30), 2), (slice(42, 60), 2))
    kept = without_islands(mask, classes)
    np.testing.assert_array_equal(kept[..., :32], mask[..., :32].astype(np.float32))
    np.testing.assert_allclose(kept[..., 40:], 0.04, atol=1e-6)


def test_clothes_of_somebody_else_stay() -> None:
    """Whoever shows skin is a person, wherever the others are."""
    mask, classes = room((slice(0, 5), 1), (slice(5, 20), 2), (slice(42, 50), 2), (slice(50, 55), 1))
    np.testing.assert_array_equal(without_islands(mask, classes), mask.astype(np.float32))


def test_where_no_skin_is_seen_all_clothes_stay() -> None:
    """Somebody wrapped up is no island."""
    mask, classes = room((slice(0, 20), 2), (slice(42, 60), 2))
    np.testing.assert_array_equal(without_islands(mask, classes), mask.astype(np.float32))


@pytest.mark.parametrize("most", [0.4, 0.65, 0.9])
def test_islands_of_any_shape(most: float) -> None:
    """Noise with as much skin at its best place, little of it, some or enough: the reference says the same."""
    shares = np.random.default_rng(9).dirichlet([1, 0.3, 0.5], (HEIGHT, WIDTH)).transpose(2, 0, 1)
    shares[1] *= most / shares[1].max()
    without_islands(1 - shares[:1], shares)


def test_opacity_at_the_size_of_the_picture(scene: Any) -> None:
    """The coefficients, enlarged, give each pixel its opacity, stretched to 0..1."""
    coefficients = np.random.default_rng(2).random((4, HEIGHT // 4, WIDTH // 4)) - 0.2
    [alpha] = compute(
        lambda graph: fit.opacity(graph, FIT, "picture"),
        slope=coefficients[:3],
        offset=coefficients[3:],
        picture=scene[0],
    ).values()
    np.testing.assert_allclose(alpha, reference.opacity(coefficients, scene[0]), atol=1e-5)
    assert (alpha.min(), alpha.max()) == (0, 1)


@pytest.mark.parametrize(("change", "weight"), [(0, 0.8), (0.004, 0.8), (0.01, 0.4), (0.02, 0)])
def test_stillness_is_the_change_of_luma(change: float, weight: float) -> None:
    """The last mask weighs all it may up to a change of 0.005, and nothing from 0.015; the past follows by that."""
    result = stillness(np.full(HALF, 0.5), np.full(HALF, 0.5 + change))
    np.testing.assert_allclose(result["still"], weight, atol=1e-4)
    np.testing.assert_allclose(result["next_luma"], 0.5 + weight * change, atol=1e-5)


def stillness(luma: NDArray[Any], last_luma: NDArray[Any], most: float = 0.8) -> dict[str, NDArray[np.float32]]:
    """Return "still" and "next_luma" for a grey picture of this luma."""
    inputs = {"half": np.repeat(luma[None], 3, axis=0), "last_luma": last_luma[None]}
    return compute(
        lambda graph: (smoothing.stillness(graph, "half"), "next_luma"), **inputs, smoothing=np.full((1, 1, 1), most)
    )


@pytest.mark.parametrize(("cells", "kept"), [(0, 1), (2, 1), (3, 0.25), (4, 0), (24, 0)])
def test_a_cut_shows_in_many_cells(cells: int, kept: float) -> None:
    """Of 24 cells here a tenth may change; where more than two fifteenths do, nothing of the last mask is left."""
    change = np.zeros(HALF)
    rows = -(-HALF[0] // (HALF[1] // 8))
    height, width = HALF[0] // rows, HALF[1] // 8
    for cell in range(cells):
        row, column = divmod(cell, 8)
        change[row * height : (row + 1) * height, column * width : (column + 1) * width] = 0.1
    still = stillness(np.full(HALF, 0.5), 0.5 + change)["still"]
    assert still.max() == pytest.approx(0.8 * kept, abs=1e-5)
    assert reference.same_scene(change[None]) == pytest.approx(kept, abs=1e-5)


def test_motion_is_no_cut() -> None:
    """What changes to and fro inside the cells, as a moving pattern does, stops smoothing there and nowhere else."""
    change = np.zeros(HALF)
    change[:, ::2], change[:, 1::2] = 0.1, -0.1
    change[:4] = 0
    still = stillness(np.full(HALF, 0.5), 0.5 + change)["still"][0]
    assert still[:2].min() == pytest.approx(0.8)
    assert still[6:].max() == 0


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_number_that_is_none_is_forgotten(bad: float) -> None:
    """One broken pixel, and the next frame starts afresh everywhere; the mask has numbers only."""
    luma = np.full(HALF, 0.5)
    luma[3, 5] = bad
    assert (stillness(luma, np.full(HALF, 0.5))["next_luma"] == -1).all()
    alpha = np.full((1, HEIGHT, WIDTH), 0.25)
    alpha[0, 3, 5] = np.nan
    zeros = np.zeros((1, HALF[0], HALF[1]))
    [mask] = compute(
        lambda graph: smoothing.steady(graph, "alpha", "still", out="mask"),
        alpha=alpha,
        last_mask=np.zeros_like(alpha),
        still=zeros,
    ).values()
    assert mask[0, 3, 5] == 0
    assert (np.delete(mask.ravel(), 3 * WIDTH + 5) == 0.25).all()


def test_mask_moves_towards_the_last_one_by_its_weight() -> None:
    """Each pixel of the weight is for two by two of the mask."""
    rng = np.random.default_rng(3)
    alpha, last_mask, still = rng.random((1, 8, 8)), rng.random((1, 8, 8)), rng.random((1, 4, 4))
    [mask] = compute(
        lambda graph: smoothing.steady(graph, "alpha", "still", out="mask"),
        alpha=alpha,
        last_mask=last_mask,
        still=still,
    ).values()
    weight = np.kron(still, np.ones((1, 2, 2)))
    np.testing.assert_allclose(mask, alpha * (1 - weight) + last_mask * weight, atol=1e-6)


def test_colours_of_person_and_surroundings(scene: Any) -> None:
    """Person and surroundings have the colours of the two halves, also where a window has one of them only."""
    picture, mask = scene

    def write(graph: GraphWriter) -> tuple[str, str, str]:
        _, colours, person = fit.fit_twice(graph, "picture", "mask")
        inside = fringe.person_colour(graph, colours, person, out="person")
        outside = fringe.outside_colour(graph, colours, person, out="outside")
        return inside, outside, fringe.edge_colour(graph, inside, outside, "mask", out="edge")

    found = compute(write, picture=picture, mask=mask)
    half, first = reference.window_mean(picture, 2, 2), reference.window_mean(reference.sharpen(mask), 2, 2)
    person = reference.sharpen(reference.apply(reference.grow(reference.fit(half, first), 2), half))
    expected = reference.fringe(half, person, mask)
    for name, planes in zip(("person", "outside", "edge"), expected, strict=True):
        np.testing.assert_allclose(found[name], planes, atol=2e-4)
    np.testing.assert_allclose(found["person"][:, 3, 7], [0.8, 0.5, 0.4], atol=0.03)
    np.testing.assert_allclose(found["outside"][:, 3, 7], [0.2, 0.4, 0.6], atol=0.03)
    np.testing.assert_allclose(found["person"][:, 3, -1], half[:, -6:, -4:].mean(axis=(1, 2)), atol=0.03)
