"""Captures of the organization, and the changes between them."""
