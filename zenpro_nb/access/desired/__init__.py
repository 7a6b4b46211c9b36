"""The desired state of an organization: read from files and frames, and written from what is there."""
