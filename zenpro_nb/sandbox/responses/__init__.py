"""Convert rows to responses."""
