"""The command tree: every list and every change, declared once."""
