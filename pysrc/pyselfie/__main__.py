"""``python -m pyselfie``: the command line."""

import sys

from pyselfie.cli import main

sys.exit(main())
