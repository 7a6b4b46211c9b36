"""Splitting a line into words, values passed beside it, rendering a call as a line, and suggestions."""
