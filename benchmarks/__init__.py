"""Speed and memory of ectsim, measured in one run: ``python -m benchmarks``.

Nothing here is in the wheel.
"""
