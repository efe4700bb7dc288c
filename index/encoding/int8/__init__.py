"""The int8 quantiser of the run-time encoder; README.md explains it from the start."""
