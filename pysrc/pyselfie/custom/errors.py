"""What goes wrong in a user's effect, in one sentence, and where in their text."""

from __future__ import annotations

import re
import traceback
from typing import Any

_LONGEST = 300
_LONGEST_SENTENCE = 1_500
"""Of what is told: a list of names can be of any length, and a page takes 4,000 from an isolated worker."""


class CustomEffectError(Exception):
    """A user's effect cannot be loaded, raised, or returned no picture; the message is one sentence.

    Attributes
    ----------
    line, column
        Where in the user's text, both counted from 1; None where no place can be named.
    """

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(message if len(message) <= _LONGEST_SENTENCE else message[:_LONGEST_SENTENCE] + "…")
        self.line, self.column = line, column

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON can hold it: `message`, `line`, `column`."""
        return {"message": str(self), "line": self.line, "column": self.column}


def from_exception(lead: str, error: BaseException, file: str) -> CustomEffectError:
    """Return what the user is told about an exception of their code.

    Parameters
    ----------
    lead
        How the sentence begins; the exception's name and text follow.
    error
        What was raised.
    file
        The name that the text was compiled with; the innermost of its lines is the one that is named.
    """
    text: object
    line: int | None
    column: int | None = None
    if isinstance(error, SyntaxError) and error.filename == file:  # its text names file and line in a way of its own
        text, line, column = error.msg, error.lineno, error.offset
    else:
        text, line = error, place_in(error, file)
    told = re.sub(r"\s+", " ", _text(text)).strip()
    told = told if len(told) <= _LONGEST else told[:_LONGEST] + "…"
    message = f"{lead} {type(error).__name__}{f': {told}' if told else ''}"
    return CustomEffectError(message if line is None else f"{message}, line {line}", line, column)


def place_in(error: BaseException, file: str) -> int | None:
    """Return the innermost line of `file` that an exception came through; None if there is none."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    return lines[-1] if lines else None


def _text(said: object) -> str:
    try:
        return str(said)
    except BaseException:  # a class of the user's own can raise anything there, too
        return ""
