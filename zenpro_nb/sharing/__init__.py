"""Notebook files for sharing: checking them for content that should not be shared, and writing cleaned copies."""
