"""What the outcomes of a random model depend on: screening, surrogate, Sobol' indices freed of luck, distributions."""
