"""Wrong values, and what every way in has to say about them."""

BAD: dict[str, list[str | float]] = {
    "effect": ["sepia", "", "x" * 100, "two\nlines", "😀" * 90],
    "strength": [2, -0.5, 7.25, 1e21, 1e-7 - 1, 1.5e300, "lots", ""],
    "model_selection": [7, -1, 0.5, "tall"],
    "edges": ["crisp", "", "Raw"],
    "smoothing": [0.96, 1, -0.1, "much"],
    "light_wrap": [1.5],
    "colour_cast": [0.2, "some"],
}
"""By Python's name, as a caller in a program writes them; in an address or an attribute, each is a text."""

EXPECTED = {
    "effect": "one of fill, mask, color, picture, blur, transparent, none",
    "strength": "a number from 0 to 1",
    "model_selection": "0 (general) or 1 (landscape) or 2 (multiclass) or 3 (auto)",
    "edges": "one of refined, raw",
    "smoothing": "a number from 0 to 0.95",
    "light_wrap": "a number from 0 to 1",
    "colour_cast": "a number from 0 to 0.1",
}

SHOWN = {
    "x" * 100: f"“{'x' * 80}…”",
    "two\nlines": "“two lines”",
    "😀" * 90: f"“{'😀' * 80}…”",
    7.25: "7.25",
    1e21: "1e+21",
    1e-7 - 1: "-0.9999999",
    1.5e300: "1.5e+300",
}
"""Where that isn't plain."""

CASES = [(option, value) for option, values in BAD.items() for value in values]


def sentence(name: str, option: str, value: object) -> str:
    """Return the core of the sentence, where the option is called `name`."""
    plain = f"“{value}”" if isinstance(value, str) else str(value)
    return f"{name} is {SHOWN.get(value, plain)}, but it has to be {EXPECTED[option]}"
