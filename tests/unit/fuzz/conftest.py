"""How hard Hypothesis looks: a few settled examples in CI, as many as PYSELFIE_FUZZ says by hand."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings
from hypothesis.configuration import set_hypothesis_home_dir

from builder.paths import CACHE

set_hypothesis_home_dir(str(CACHE / "hypothesis"))
_SHARED = settings(
    deadline=None,  # nobody knows how busy the machine is
    database=None,
    print_blob=True,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
)
settings.register_profile("ci", _SHARED, max_examples=25, derandomize=True)
settings.register_profile("much", _SHARED, max_examples=int(os.environ.get("PYSELFIE_FUZZ", "1000")))
settings.load_profile("much" if "PYSELFIE_FUZZ" in os.environ else "ci")
