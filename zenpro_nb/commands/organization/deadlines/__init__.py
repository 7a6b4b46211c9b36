"""Roles with a deadline: the API has none, so a file contains it, and a plan revokes the role after it."""
