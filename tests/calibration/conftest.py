"""Lets tests import the benchmarks, which are not installed: the fictive studies of known truth live there."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
