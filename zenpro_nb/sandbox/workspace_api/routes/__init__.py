"""The routes of a workspace: the lists by one rule, and what else there is."""
