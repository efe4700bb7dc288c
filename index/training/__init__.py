"""Fitting the shipped calibration; development only."""
