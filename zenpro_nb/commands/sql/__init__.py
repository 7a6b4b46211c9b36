"""The command `sql`, its tables, and its completion."""
