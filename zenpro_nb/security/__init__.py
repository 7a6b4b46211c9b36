"""Secrets: the type that does not show them, masking, and where one-time secrets go."""
