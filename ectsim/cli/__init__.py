"""The command line: one module a group of verbs. It computes nothing."""
