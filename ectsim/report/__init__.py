"""Sentences and figures for people, in French and English. The numbers come from the analysis."""
