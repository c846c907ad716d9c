"""Options are written once: what is made of the table is up to date, and Python and JavaScript say the same."""

import json
import math
import subprocess

import pytest

from builder.documents import generate
from builder.errors import BuildError
from builder.paths import WEB
from pyselfie.cli.arguments import parse
from pyselfie.cli.main import main
from pyselfie.core.option import unknown_option
from pyselfie.core.options import OPTIONS, OptionError, option_named, parse_changes, way_in
from pyselfie.core.show import show
from tests.bad_options import CASES, sentence

VALUES = [
    *(value for _, value in CASES),
    *("", "a", "“", "a  b\tc", "x" * 80, "x" * 81, "é" * 200, None, True, False, 0, -0.0, 1, 10**20, 1e20, 1e21, 1e22),
    *(0.1, -1.5e-5, 1e-4, 1e-5, 1.5e-6, 1e-6, 1e-7, 1.25e-10, -2.5, 123456.789, 1e300, [], [1], {}, {"a": 1}),
]
TEXTS = ["1", "0.5", ".5", "5.", "-1", "+1", "1e3", " 0.5 ", "1_0", "0x10", "", " ", "Infinity", "nan", "lots", "1,5"]


def run_node(code, *arguments):
    """Return what JavaScript prints, as JSON; `options` and `show` are the site's modules."""
    head = "".join(
        f"const {name} = await import({(WEB / 'js' / f'{name}.js').as_uri()!r});" for name in ("options", "show")
    )
    command = ["node", "--input-type=module", "-e", head + code, "--", *map(json.dumps, arguments)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def test_generated_files_are_up_to_date():
    """Generating again changes no byte."""
    outdated = [path.name for path, text in generate.generated().items() if path.read_text(encoding="utf-8") != text]
    assert outdated == [], "run `python3 build.py generate` and commit what it writes"


def test_a_changed_table_changes_what_is_generated(monkeypatch):
    """A new option is in the script, in the declarations and in the documents of its ways."""
    grain = type(OPTIONS[0])(
        "film_grain", "number", 0.25, "how much noise there is", ("engine", "cli", "element", "change")
    )
    monkeypatch.setattr(generate, "OPTIONS", (*OPTIONS, grain))
    files = {path.name: text for path, text in generate.generated().items()}
    assert '"filmGrain"' in files["options.generated.js"]
    assert '"film-grain"?: number' in files["pyselfie_options.d.ts"]
    assert "`film-grain`; property `filmGrain` | how much noise there is | 0 to 1 | 0.25 |" in files["element.md"]
    assert "| `--film-grain` |" in files["cli.md"]
    assert "ilm" not in files["widget.md"]


def test_a_page_without_its_markers_is_told(monkeypatch, tmp_path):
    """One sentence says what to put back."""
    (tmp_path / "cli.md").write_text("# The command line\n\n<!-- begin options -->\n")
    monkeypatch.setattr(generate, "DOCS", tmp_path)
    with pytest.raises(BuildError, match=r"cli\.md has no lines “begin options” and “end options”"):
        generate.generated()


def test_values_are_shown_alike():
    """Python's formatter writes what JavaScript's does."""
    shown = run_node("console.log(JSON.stringify(JSON.parse(process.argv[1]).map(show.show)))", VALUES)
    assert [show(value) for value in VALUES] == shown
    special = run_node("console.log(JSON.stringify([NaN, Infinity, -Infinity].map(show.show)))")
    assert [show(value) for value in (math.nan, math.inf, -math.inf)] == special


@pytest.mark.parametrize("way", ["page", "element", "track", "change", "message", "address"])
def test_a_model_has_a_name_and_a_number(way):
    """In a page, too, either chooses it; the engine gets the number."""
    code = """
      const [way, values] = process.argv.slice(1).map((text) => JSON.parse(text));
      const [model, ...others] = options.optionsFor(way).filter(({ kind }) => kind === "model");
      const right = values.filter((value) => options.faultOf(model, value) === "");
      console.log(JSON.stringify([others.length, right.map((value) => options.parsed(model, value))]));
    """
    names = ["general", "landscape", "multiclass", "auto"]
    assert run_node(code, way, [*names, 0, 1, 2, 3, "General", 4]) == [0, [0, 1, 2, 3] * 2]


def test_values_are_judged_alike():
    """Each option takes and refuses the same values in Python and JavaScript, with the same sentence."""
    code = """
      const judged = options.optionsFor("engine").filter(({ kind }) => kind !== "color").map((option) =>
        JSON.parse(process.argv[1]).map((value) => options.faultOf(option, value)));
      console.log(JSON.stringify(judged));
    """
    ours = [[fault(option, value) for value in VALUES] for option in way_in("engine") if option.kind != "color"]
    assert run_node(code, VALUES) == ours


def fault(option, value):
    """Return why the value is refused, without the full stop; nothing if it isn't."""
    try:
        option.parse(value, option.js_name)
    except OptionError as error:
        return str(error).removesuffix(".")
    return ""


def test_texts_are_read_alike():
    """A text stands for the same number, or for itself, on the command line and in an attribute."""
    code = """
      const option = options.optionsFor("engine").find(({ name }) => name === "strength");
      console.log(JSON.stringify(JSON.parse(process.argv[1]).map((text) => options.readText(option, text))));
    """
    strength = next(option for option in OPTIONS if option.name == "strength")
    assert run_node(code, TEXTS) == [strength.read(text) for text in TEXTS]


def test_unknown_names_are_told_alike():
    """The same sentence, whatever the name and however many there are; of many it has the nearest."""
    names = ["foo", "two\nlines", "x" * 100, "é" * 200, "", "ligtWrap", "modelSelect", "😀" * 60]
    many = [option.js_name for option in way_in("track")]
    code = """
      const names = JSON.parse(process.argv[1]);
      const lists = [["a", "b"], JSON.parse(process.argv[2])];
      console.log(JSON.stringify(lists.map((known) => names.map((name) => options.unknownOption(name, known)))));
    """
    ours = [[unknown_option(name, known) for name in names] for known in (["a", "b"], many)]
    assert run_node(code, names, many) == ours
    assert "“ligtWrap”; the nearest are lightWrap, " in unknown_option("ligtWrap", many)
    assert unknown_option("foo", ["a", "b"]) == "There is no option “foo”; the options are a, b."


@pytest.mark.parametrize(("option", "value"), CASES)
def test_bad_values_in_python(option, value):
    """Parsed alone or as a change: the same core of the sentence."""
    with pytest.raises(OptionError) as made:
        option_named(option).parse(value)
    with pytest.raises(OptionError) as changed:
        parse_changes({option: value})
    assert str(made.value) == f"{sentence(option, option, value)}."
    assert str(changed.value) == f"{sentence(option, option, value)}; the last one stays."


@pytest.mark.parametrize(("option", "value"), CASES)
def test_bad_values_on_the_command_line(option, value, capsys):
    """The flag's name, and the same core of the sentence; nothing is chosen by itself there."""
    flag = option_named(option).flag
    with pytest.raises(SystemExit, match="2"):
        main(["a.png", "-o", "b.png", f"{flag}={value!s}"])
    expected = sentence(flag, option, value).removesuffix(" or 3 (auto)")
    assert f"error: {expected}" in capsys.readouterr().err


@pytest.mark.parametrize(("flags", "on"), [([], True), (["--no-decontaminate"], False), (["--decontaminate"], True)])
def test_a_flag_that_is_on_by_default_on_the_command_line(flags, on):
    """It is on unless its second name turns it off."""
    assert parse(["a.png", "-o", "b.png", *flags]).effect_options.decontaminate is on
