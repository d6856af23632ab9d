"""The model: state, rules, the month loop, and what a run leaves behind. Worlds come from before, experiments after."""
