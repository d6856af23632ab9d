"""Settings every test shares."""

import os

from hypothesis import HealthCheck, settings

# small matrices on a few cores: threads of linear algebra would wait for one another, in every worker of the tests
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# Nothing fails because the machine has much to do.
# "ci" is hypothesis' own profile: the same examples at every run, no deadline, no database of past failures.
settings.register_profile("dev", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ci" if "CI" in os.environ else "dev")
