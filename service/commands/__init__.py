"""The `careers-faq` command, one module a subcommand: arguments in, one call, exit code out."""
