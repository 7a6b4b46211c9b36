"""Audit checks and their findings."""
