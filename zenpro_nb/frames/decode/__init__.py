"""Decode the bytes of responses to columns, rows and frames."""
