"""Any arguments on the command line: options, or exit code 2 and one sentence."""

from __future__ import annotations

import io
from contextlib import redirect_stderr, redirect_stdout, suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyselfie.cli.arguments import parse
from pyselfie.cli.batch.plan import plan
from pyselfie.cli.errors import UsageError
from pyselfie.cli.evaluate import arguments_of
from pyselfie.cli.evaluate import parse as parse_evaluate
from pyselfie.cli.live.arguments import is_live
from pyselfie.cli.main import main
from pyselfie.core.options import Options, way_in
from tests.unit.fuzz.fuzz_kit import REFUSED, TEXTS

FLAGS = [
    *(flag for option in way_in("cli") for flag in option.flags),
    *"--mask --effect-file --param --webcam --pipe --size --rate --format --overwrite --json -q --clip --masks".split(),
    *"--csv --virtual-camera --watch --provider --contact-sheet -o --output --colour -- - --effct -x evaluate".split(),
]
VALUES = [
    *"a.jpg b.png out/ out.mp4 . a.py a.py:effect x=1 x= =1 0 1 0.5 -1 nan inf rgb24 9x9 1e999 blur fill raw".split(),
    *"refined auto general multiclass 2 3 #00FF00 #0F0 png .JPG a.csv evaluate".split(),
    "n" * 300 + ".png",
    "a/" * 300 + "b.png",
    "\udcff.png",
    "a\nb.png",
    "9" * 300,
]
WORDS = st.one_of(st.sampled_from(FLAGS), st.sampled_from(VALUES), st.sampled_from(VALUES), TEXTS)
PAIRS = st.tuples(st.sampled_from(FLAGS), st.one_of(st.sampled_from(VALUES), TEXTS)).map("=".join)
PAIRS = PAIRS.map(lambda pair: pair.replace("\0", ""))  # no argument can have it
BEGUN = st.sampled_from([[], [], ["a.png", "-o", "b.png"], ["evaluate", "a", "b"], ["a", "b", "-o", "c/"]])
LINES = st.builds(lambda begun, more: [*begun, *more], BEGUN, st.lists(st.one_of(WORDS, PAIRS), max_size=4))
LINES = LINES.filter(lambda words: not {"-h", "--help", "--version"} & {*words} and "\0" not in "".join(words))


def ended(call: Any) -> Any:
    """Return what `call` does; of one that ends the program its exit code, with what it said on standard error."""
    said = io.StringIO()
    try:
        with redirect_stderr(said), redirect_stdout(io.StringIO()):
            return call()
    except SystemExit as end:
        code = end.code
    assert code == 2
    _, error, sentence = said.getvalue().strip().partition("error: ")
    assert error
    assert sentence
    assert "\n" not in sentence
    return REFUSED


@pytest.fixture(autouse=True)
def nowhere(tmp_path, monkeypatch):
    """Work in a folder where there is one picture that is none."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.jpg").write_bytes(b"no picture")


@given(words=LINES)
def test_any_arguments(words):
    """They are options, and then a plan, or a sentence says what is wrong."""
    options = ended(lambda: parse(words))
    if options is REFUSED:
        return
    assert isinstance(options.effect_options, Options)
    if not is_live(options):
        with suppress(UsageError):  # which names files as they are called
            assert all(job.kind in {"picture", "video"} for job in plan(options))


@given(words=LINES)
def test_any_arguments_of_evaluate(words):
    """The same of `pyselfie evaluate`."""
    given = ["evaluate", *words]
    measuring = ended(lambda: arguments_of(given))
    if measuring is not None:
        options = ended(lambda: parse_evaluate(measuring))
        assert options is REFUSED or options.pictures is not None


@given(words=st.lists(st.one_of(st.sampled_from(VALUES), PAIRS), min_size=1, max_size=2))
def test_any_evaluation_of_what_is_not_there(words):
    """The whole command ends with a code of its own, and without a trace."""
    said = io.StringIO()
    code: Any
    try:
        with redirect_stderr(said), redirect_stdout(io.StringIO()):
            code = main(["evaluate", *words, "-q"])
    except SystemExit as end:
        code = end.code
    assert code in {0, 1, 2}
    assert "Traceback" not in said.getvalue()
