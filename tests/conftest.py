"""Settings every test shares."""

import os

from hypothesis import settings

# "ci" is hypothesis' own profile: the same examples at every run, no deadline, no database of past failures.
settings.register_profile("dev", deadline=None)
settings.load_profile("ci" if "CI" in os.environ else "dev")
