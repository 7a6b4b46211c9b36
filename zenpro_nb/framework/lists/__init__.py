"""List commands: options, filters, reading, and reading from a capture."""
