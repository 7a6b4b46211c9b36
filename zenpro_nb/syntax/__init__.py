"""A line cut into words, the values beside it, a call spelled as a line, and suggestions."""
