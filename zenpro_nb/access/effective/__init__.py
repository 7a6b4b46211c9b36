"""Effective access: the paths from principals to roles, and the actions that they allow."""
