"""The noun `workspaces`: list and manage workspaces."""
