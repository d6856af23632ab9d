"""Worlds played: one, many, and the folders their results are kept in."""
