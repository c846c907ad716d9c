"""The table of options. The package isn't installed here; this part of it needs the standard library only."""

import sys

from builder.paths import PYSRC

sys.path.append(str(PYSRC))

from pyselfie.core.option import Option, Way
from pyselfie.core.options import EFFECT_NAMES, OPTIONS
from pyselfie.core.show import show

__all__ = ["EFFECT_NAMES", "OPTIONS", "Option", "Way", "show"]
