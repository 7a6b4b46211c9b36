"""The ways in: the magic, Tab, the shell command, the Python call."""
