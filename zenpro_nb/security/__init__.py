"""Secrets: the type that hides them, masking, and the destinations of one-time secrets."""
