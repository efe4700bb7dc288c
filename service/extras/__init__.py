"""Optional parts of the service: complete when installed, absent otherwise."""
