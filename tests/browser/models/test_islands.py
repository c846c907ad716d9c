"""What is no person because nothing joins it to one, on the GPU: the multiclass network itself takes too long there."""

from __future__ import annotations

import base64

import numpy as np

from models.graph import checked_model, describe
from models.refinement import islands
from models.refinement.writer import GraphWriter
from tests.browser.models.session_kit import open_session
from tests.reference.refinement import without_islands

HEIGHT, WIDTH = 64, 128
TAKEN, GIVEN = (1, HEIGHT, WIDTH, 3), (1, 1, HEIGHT, WIDTH)
SPEC = {
    "input": {"name": "image", "shape": TAKEN},
    "output": {"name": "mask", "shape": GIVEN},
    "state": [],
    "settings": [],
    "extras": [],
    "optimised": False,
}
ANSWER = """async (text) => {
  await run(new Float32Array(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer));
  return Array.from(await read("mask"));
}"""


def model() -> bytes:
    """Return a model whose picture is the shares of three classes: background, skin, clothes."""
    graph = GraphWriter(HEIGHT, WIDTH)
    classes = graph.op("Transpose", "image", perm=[0, 3, 1, 2])
    person = graph.op("Sub", graph.constant(1.0), graph.channels(classes, [0]))
    left = islands.without_islands(graph, person, classes, [1])
    graph.op("Mul", left, graph.constant(1.0), out="mask")
    ports = [describe("image", TAKEN)], [describe("mask", GIVEN)]
    return checked_model(graph.nodes, "islands", *ports, graph.constants).SerializeToString()


def test_islands_go_on_the_gpu(launch, site):
    """As in plain NumPy, and no node is left to the CPU."""
    lines = []

    def launch_and_listen(*flags):
        page = launch(*flags)
        page.on("console", lambda message: lines.append(message.text))
        return page

    page = open_session(launch_and_listen, site, "webgpu", "islands.onnx", SPEC, body=model(), is_talkative=True)
    shares = np.full((HEIGHT, WIDTH, 3), 0.02, np.float32)
    shares[8:56, :8, 1] = shares[8:56, 8:50, 2] = shares[20:40, 80:120, 2] = 0.9
    shares[..., 0] = 1 - shares[..., 1:].sum(axis=-1)
    found = page.evaluate(ANSWER, base64.b64encode(shares.tobytes()).decode())
    classes = shares.transpose(2, 0, 1)
    expected = without_islands(1 - classes[:1], classes, [1])
    np.testing.assert_allclose(np.reshape(found, expected.shape), expected, atol=1e-6)
    assert any("All nodes placed on [WebGpuExecutionProvider]" in line for line in lines)
