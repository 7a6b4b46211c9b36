"""The desired state of an organization: read from files and DataFrames, and exported from the current state."""
