"""``pyselfie evaluate``: how good the masks of pictures or of a clip are, measured against their truth."""

from pyselfie.cli.evaluate.arguments import arguments_of, parse
from pyselfie.cli.evaluate.work import run

__all__ = ["arguments_of", "parse", "run"]
