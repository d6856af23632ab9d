"""Which combinations of outcomes the model can produce at all: novelty search in the space of outcomes."""
