"""Hooks: what the forms of single commands add to that which the parameters of their command say."""
