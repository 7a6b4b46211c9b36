"""Click classes: signatures, parsing, help, hints and lazy commands."""
