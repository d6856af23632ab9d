"""From field work to parameters: interviews, census of projects, posteriors, targets, calibration."""
