"""YAML files: read with positions, checked against models, edited in place, written."""
