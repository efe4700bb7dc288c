"""From candidates to a decision: intent classifier, scorers, calibration, highlights."""
