"""The commands of access reviews."""
