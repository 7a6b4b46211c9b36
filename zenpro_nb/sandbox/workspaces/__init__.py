"""Workspaces: their lifecycle, releases, services, addresses, and projects."""
