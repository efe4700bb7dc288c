"""ServiceParts that are whole when installed and absent otherwise."""
