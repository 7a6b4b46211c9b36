"""The command `sql` and its tables."""
