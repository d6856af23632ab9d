"""ectsim: how territorial cooperative projects emerge in the Pays Lédonien, and what incentive schemes add to spontaneous initiative."""

__version__ = "0.1.0"
