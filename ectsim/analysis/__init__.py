"""What the runs say: differences between scenarios, fates of projects, patterns.

Sentences and figures live in the report.
"""
