"""Effective access: which paths lead from a principal to a role, and what they permit."""
