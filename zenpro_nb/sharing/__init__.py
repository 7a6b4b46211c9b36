"""Notebook files that are to be given away: what stands in them that should not, and copies without it."""
