"""Save frames to files, and convert them to other types."""
