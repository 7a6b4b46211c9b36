"""The database of the sandbox: its tables, its file, and its saved states."""
