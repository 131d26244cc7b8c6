"""How Hypothesis looks for counterexamples here: ``HYPOTHESIS_PROFILE=search`` looks longer."""

import os

from hypothesis import HealthCheck, settings

# A busy machine is no counterexample, so no example has a deadline.
settings.register_profile("gate", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
settings.register_profile("search", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "gate"))
