"""Choosing a scheme that is good enough whatever the parameters turn out to be: regret, and what nothing dominates."""
