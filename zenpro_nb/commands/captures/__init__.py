"""Captures of the organization, and what changed between them."""
