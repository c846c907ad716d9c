"""``serve --watch`` runs this anew for each change, so that Python which a build imports is read again."""

from __future__ import annotations

import subprocess
import sys

from builder.documents.generate import generate
from builder.errors import BuildError
from builder.paths import ROOT
from builder.pipeline import build
from builder.site.compress import Effort


def anew(step: str) -> None:
    """Do a step in a new interpreter: “generate” or “build”.

    Raises
    ------
    BuildError
        If it fails; the message is what it has said.
    """
    command = [sys.executable, "-m", "builder.serving.rebuild", step]
    done = subprocess.run(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise BuildError(done.stderr.strip())


if __name__ == "__main__":
    try:
        generate() if sys.argv[1] == "generate" else build(Effort.NONE)
    except (BuildError, OSError, ValueError) as error:  # half-written JSON, for one
        sys.exit(str(error))
