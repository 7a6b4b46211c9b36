"""List commands: options, filters, reading and the past."""
