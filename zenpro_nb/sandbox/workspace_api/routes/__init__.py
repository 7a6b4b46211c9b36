"""The routes of a workspace: one handler for all lists, and the other routes."""
