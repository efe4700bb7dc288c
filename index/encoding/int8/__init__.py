"""The int8 quantiser of the run-time encoder."""
