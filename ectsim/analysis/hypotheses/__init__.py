"""Hypotheses declared before their runs: files, seals, runs, verdicts. Figures and pages live in the report."""
